// Asks for the password in place when the session has ended. It opens by itself only while nobody is typing, so that no key pressed goes astray; else the
// words beside the field carry a button that opens it.

import { ask, person } from "./session.js";

const dialog = document.getElementById("door");
const form = dialog?.querySelector("form");
const listeners = [];
const FIELDS = "#section :is(textarea, select, input:not([type=hidden], [type=submit]))";
let back = null;
let last = null;
let declined = false;

/** Calls back when the person is in again. */
export const onEntry = (call) => listeners.push(call);

const typing = () => document.activeElement?.matches("#section textarea, #section input:not([type=checkbox], [type=radio], [type=file]), .joined");

/** Opens the dialog unless somebody is typing or has put it off; `state` is nobody or other. */
export function knock(state) {
  if (dialog && !dialog.open && !declined && !typing()) open(state);
}

/** Where the focus lands after the dialog: on `to`, or where `to` is words that go away, on the field last worked in. */
const landing = (to) => (to && to !== document.body && !to.closest("[data-saved]") ? to : last ?? to?.closest("[data-question]")?.querySelector(FIELDS));

/** Opens the dialog; afterwards the focus goes to `to`, or to where it was. */
export function open(state, to = document.activeElement) {
  if (!dialog || dialog.open) return;
  back = landing(to);
  const said = dialog.querySelector("#door-words");
  said.textContent = state === "other" ? said.dataset.other : said.dataset.ended;
  tell("");
  dialog.showModal();
  form.elements.password.focus();
}

function tell(sentence) {
  dialog.querySelector("#door-wrong").textContent = sentence;
  form.elements.password.setAttribute("aria-invalid", String(Boolean(sentence)));
}

async function enter(event) {
  event.preventDefault();
  const { csrf, state } = await ask();
  if (state === "mine") return entered();
  const body = new FormData(form);
  body.set("csrf_token", csrf ?? "");
  let told = null;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    told = answer.ok ? await answer.json() : null;
  } catch {
    // The sentence below says it.
  }
  form.elements.password.value = "";
  if (told?.person === person && (await ask()).state === "mine") return entered();
  tell(told?.wrong ?? form.dataset.unheard);
  form.elements.password.focus();
}

function entered() {
  declined = false;
  dialog.close();
  for (const call of listeners) call();
}

if (dialog) {
  form.addEventListener("submit", enter);
  dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close("later"));
  dialog.addEventListener("cancel", () => { declined = true; });
  dialog.addEventListener("close", () => {
    declined ||= dialog.returnValue === "later";
    dialog.returnValue = "";
    form.elements.password.value = "";
    // What was saved meanwhile may have drawn the field anew.
    (back?.isConnected ? back : document.getElementById(back?.id))?.focus();
  });
  document.addEventListener("focusin", ({ target }) => { if (target.matches(FIELDS)) last = target; });
}
