// Who is logged in in this browser, as the portal says it; the tokens of the forms follow. Asking does not prolong the session.

const form = document.querySelector("form[data-session]");
const meta = document.querySelector('meta[name="csrf-token"]');

/** The person who opened this page: nobody else's requests are sent from it. */
export const person = form?.dataset.person ?? "";

export const token = () => meta?.content ?? "";

/** Asks who is logged in: {state, fresh, key, csrf}; state is mine, other, nobody, or unknown where nothing can be heard. `fresh` tells that the tokens
    of the page were out of date. */
export async function ask() {
  let told;
  try {
    const answer = await fetch(form.dataset.session, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
    if (!answer.ok) return { state: "unknown" };
    told = await answer.json();
  } catch {
    return { state: "unknown" };
  }
  if (told.person !== person) return { state: told.person ? "other" : "nobody", csrf: told.csrf };
  const fresh = told.csrf !== token();
  if (fresh) {
    meta.content = told.csrf;
    for (const hidden of document.querySelectorAll('input[name="csrf_token"]')) hidden.value = told.csrf;
  }
  return { state: "mine", fresh, key: told.key, csrf: told.csrf };
}

/** The secret of an earlier session's key; null where it is not given, undefined where nothing can be heard. */
export async function earlierKey(name) {
  try {
    const answer = await fetch(`${form.dataset.session}/keys/${encodeURIComponent(name)}`, { headers: { Accept: "application/json" } });
    if (answer.status === 404) return null;
    return answer.ok ? (await answer.json()).secret : undefined;
  } catch {
    return undefined;
  }
}

/** Sends JSON or a form as this page's person; rejects where the line is down. */
export function post(address, body, more = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  return fetch(address, { method: "POST", redirect: "manual", headers, body, ...more });
}
