// Repeating rows: add, remove, take over a figure of channel b, show what belongs to a choice. Without script the blank rows and the Save button do it.

const changed = (place) => place.dispatchEvent(new Event("change", { bubbles: true }));
const controls = (row) => row.querySelectorAll("input:not([type=hidden]), select, textarea");

/** Gives a copy of a row another index, in the names and ids of its controls and in what points to them. */
function renumber(row, group, to) {
  const { name, id } = group.dataset;
  const was = row.dataset.row;
  for (const [attribute, prefix] of [["name", name], ["id", id], ["for", id]]) {
    for (const element of [row, ...row.querySelectorAll(`[${attribute}]`)]) {
      const held = element.getAttribute(attribute);
      const start = `${prefix}-${was}`;
      if (held === start || held?.startsWith(`${start}-`)) element.setAttribute(attribute, `${prefix}-${to}${held.slice(start.length)}`);
    }
  }
  row.dataset.row = to;
  const shown = row.querySelector("[data-row-number]");
  if (shown) shown.textContent = Number(to) + 1;
}

/** A new identifier, as the server makes one for each blank row. */
const identifier = () => [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function blank(row) {
  for (const control of controls(row)) {
    if (control.type === "checkbox" || control.type === "radio") control.checked = false;
    else control.value = "";
  }
  for (const control of row.querySelectorAll("[data-identifier]")) control.value = identifier();
  for (const control of row.querySelectorAll("[data-was]")) control.value = "";
}

const isBlank = (row) => [...controls(row)].every((c) => (c.type === "checkbox" ? !c.checked : !c.value.trim()));

/** Adds a blank row to a group and returns it. */
export function addRow(group) {
  const place = group.querySelector("[data-row-place]");
  const rows = [...place.children];
  const row = rows.at(-1).cloneNode(true);
  renumber(row, group, String(Math.max(...rows.map((r) => Number(r.dataset.row))) + 1));
  blank(row);
  if (row.tagName === "DETAILS") row.open = true;
  place.append(row);
  return row;
}

/** Adds rows until the control with this name is there; returns it, or null where the group has no such column. */
export function reach(question, name) {
  const find = () => [...question.querySelectorAll("[name]")].find((c) => c.name === name) ?? null;
  const group = question.querySelector("[data-rows]");
  const index = group && name.startsWith(`${group.dataset.name}-`) ? Number(name.slice(group.dataset.name.length + 1).split("-")[0]) : NaN;
  if (!Number.isInteger(index) || index > 999) return find();
  const last = () => Math.max(...[...group.querySelectorAll("[data-row]")].map((r) => Number(r.dataset.row)));
  while (!find() && last() < index) addRow(group);
  return find();
}

function remove(row) {
  const place = row.parentElement;
  const group = row.closest("[data-rows]");
  const way = isBlank(row) ? "" : group.dataset.removed;
  if (place.children.length > 1) row.remove();
  else blank(row);
  changed(place);
  if (way) {
    let told = group.querySelector(":scope > .removed");
    if (!told) {
      told = Object.assign(document.createElement("p"), { className: "removed small", tabIndex: -1 });
      place.after(told);
    }
    told.textContent = way;
    told.focus();
    return;
  }
  (place.lastElementChild.querySelector("input, select, textarea") ?? place).focus();
}

/** Puts an international figure into the first blank row, as the beginning of a correction where nothing else was said. */
function take(button) {
  const question = button.closest("[data-question]");
  const group = question.querySelector("[data-rows]");
  const row = [...group.querySelectorAll("[data-row]")].find(isBlank) ?? addRow(group);
  for (const column of ["year", "value", "unit", "source"]) {
    const control = [...controls(row)].find((c) => c.name.endsWith(`-${column}`));
    if (control) control.value = button.dataset[`take${column[0].toUpperCase()}${column.slice(1)}`];
  }
  const answers = [...question.querySelectorAll('input[type="radio"]')];
  if (answers.find((c) => c.checked)?.value === "") answers.find((c) => c.value === "corrected").checked = true;
  reveal(question);
  row.querySelector("input")?.focus();
  changed(group);
}

/** Shows the parts of an indicator that belong to the status chosen; what is filled in is never hidden. */
function reveal(question) {
  for (const part of question.querySelectorAll("[data-shown-for]")) {
    const status = [...question.querySelectorAll('input[type="radio"]')].find((c) => c.name === part.dataset.status && c.checked)?.value ?? "";
    const filled = [...controls(part)].some((c) => c.value.trim());
    part.hidden = status !== "" && !part.dataset.shownFor.split(" ").includes(status) && !filled;
  }
}

/** With script one blank row at the end is enough. */
function trim(place) {
  const rows = [...place.children];
  while (rows.length > 1 && isBlank(rows.at(-1)) && isBlank(rows.at(-2))) rows.pop().remove();
}

/** Readies the rows and parts of a question that has just come into the page or been filled in. */
export function furnish(question) {
  for (const place of question.querySelectorAll("[data-row-place]")) trim(place);
  for (const button of question.querySelectorAll("[data-add-row], [data-remove-row], [data-take]")) button.hidden = false;
  reveal(question);
}

for (const question of document.querySelectorAll("[data-question]")) furnish(question);
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-add-row]")) addRow(button.closest("[data-rows]")).querySelector("input, select, textarea")?.focus();
  else if (button.matches("[data-remove-row]")) remove(button.closest("[data-row]"));
  else if (button.matches("[data-take]")) take(button);
});
document.addEventListener("change", (event) => {
  const question = event.target.closest?.("[data-question]");
  if (question && event.target.type === "radio") reveal(question);
});
