// What is kept in this browser and cannot be saved, laid out for copying until the person discards it.

import { element, words } from "./words.js";

let made = 0;

/** The words in a field that can be read and copied (none where `text` is ""), and the button that discards them once the person is sure. */
export function unsaved(text, label, discard) {
  const id = `unsaved-${made++}`;
  const button = element("button", { type: "button", className: "button button-secondary button-small", textContent: words.discard });
  button.addEventListener("click", () => { if (confirm(words.discardSure)) discard(); });
  const rows = Math.min(12, text.split("\n").length + 1);
  const copied = text ? [element("label", { htmlFor: id, className: "field-label", textContent: label }), element("textarea", { id, readOnly: true, rows, dir: "auto", value: text })] : [];
  return element("div", { className: "unsaved" }, ...copied, button);
}
