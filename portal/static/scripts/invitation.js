// The code of an invitation stands behind the # of its link, which no browser sends: it goes into the field, and out of the address.

const code = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("code");
if (code && field) {
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  field.form.querySelector("button").focus();
}
