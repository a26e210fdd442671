// One question of the page: its controls, the revision they began from, what has been acknowledged, and its local copy.

import { forget, keep, nameOf } from "./keep.js";
import { furnish, reach } from "./rows.js";
import { person } from "./session.js";
import { element, words } from "./words.js";

const SKIPPED = new Set(["file", "submit", "button"]);
const CHECKED = new Set(["checkbox", "radio"]);

export class Question {
  constructor(root, address) {
    this.address = address;
    this.timer = 0;
    this.take(root);
  }

  /** Stands for this element from now on, whose controls hold what is saved. */
  take(root) {
    this.root = root;
    this.key = root.dataset.question;
    this.language = root.dataset.language;
    this.revision = root.querySelector(`input[name="${CSS.escape(this.key)}@revision"]`);
    this.place = root.querySelector("[data-saved]");
    this.name = nameOf(person, this.address, this.key, this.language);
    Object.assign(this, { pending: null, since: null, aside: null, refused: false, back: false });
    this.acknowledged = JSON.stringify(this.fields());
  }

  get controls() {
    return [...this.root.querySelectorAll("input[name], select[name], textarea[name]")].filter((c) => !c.name.endsWith("@revision") && !c.disabled && !SKIPPED.has(c.type));
  }

  /** What the form would send for this question: a text by name, or a list where a name stands for several. */
  fields() {
    const fields = {};
    for (const control of this.controls) {
      if (CHECKED.has(control.type) && !control.checked) continue;
      fields[control.name] = control.name in fields ? [fields[control.name], control.value].flat() : control.value;
    }
    return fields;
  }

  /** Whether anything here has not been acknowledged. */
  get dirty() {
    return this.pending !== null || JSON.stringify(this.fields()) !== this.acknowledged;
  }

  /** Whether the controls differ from what has been acknowledged. */
  get changed() {
    return JSON.stringify(this.fields()) !== this.acknowledged;
  }

  /** The one control of a question whose value is a text, else null. */
  get text() {
    return this.controls.find((c) => c.name === this.key && c.matches("textarea, input[type=text]")) ?? null;
  }

  body() {
    return {
      person, question: this.key, language: this.language, fields: this.fields(), base_revision: Number(this.revision.value), since: this.since, aside: this.aside,
    };
  }

  /** Writes the local copy: what stands in the controls, and what is under way without an answer. */
  keep() {
    const { fields, base_revision, since, aside } = this.body();
    return keep(this.name, { address: this.address, question: this.key, language: this.language, fields, base_revision, since: this.pending?.fields ?? since, aside });
  }

  forget() {
    return forget(this.name);
  }

  /** Says how the question stands. What is said already is not said again, so that a button in it keeps the focus. */
  say(state, ...sentence) {
    if (this.place.dataset.state === state && this.place.textContent === sentence.map((part) => part.textContent ?? part).join("")) return;
    this.place.dataset.state = state;
    this.place.replaceChildren(...sentence);
  }

  /** Takes the word that all is saved back while something here is not. */
  unsay() {
    if (!["saved", undefined].includes(this.place.dataset.state) || !this.dirty) return;
    this.settled = [...this.place.childNodes];
    this.say("typing");
  }

  /** Says again that all is saved where what was typed has been taken back. */
  restate() {
    if (this.place.dataset.state === "typing") this.say("saved", ...this.settled);
  }

  /** Puts fields back into their controls, adding rows where they are needed; a control that they do not name is emptied. */
  put(fields) {
    for (const name of Object.keys(fields)) reach(this.root, name);
    for (const control of this.controls) {
      const values = [fields[control.name] ?? []].flat();
      if (CHECKED.has(control.type)) control.checked = values.includes(control.value);
      else if (control.type !== "hidden") control.value = values[0] ?? "";
    }
    furnish(this.root);
  }

  /** Writes a text into its field; the caret stays in the words where it stands. */
  write(value) {
    const field = this.text;
    const { selectionStart, selectionEnd, value: was } = field;
    if (was === value) return;
    let head = 0;
    while (head < Math.min(was.length, value.length) && was[head] === value[head]) head++;
    const moved = (at) => (at <= head ? at : Math.max(head, at + value.length - was.length));
    field.value = value;
    if (document.activeElement === field) field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  }

  /** Takes over what is saved from a fresh reading of the page. */
  adopt(fresh) {
    const text = this.text;
    if (!text) {
      const focused = this.root.contains(document.activeElement) ? document.activeElement.id : "";
      const root = document.importNode(fresh, true);
      this.root.replaceWith(root);
      furnish(root);
      this.take(root);
      if (focused) document.getElementById(focused)?.focus();
      return;
    }
    const field = fresh.querySelector("textarea, input[type=text]");
    this.write(field.value);
    this.revision.value = fresh.querySelector('input[name$="@revision"]').value;
    this.root.querySelector("[data-findings]").replaceChildren(...fresh.querySelector("[data-findings]").childNodes);
    this.since = null;
    this.acknowledged = JSON.stringify(this.fields());
  }

  showFindings(findings) {
    const made = findings.map((f) => element("li", {}, element("span", { className: `state state-${f.severity}`, textContent: words[f.severity] ?? f.severity }), " ", element("span", { textContent: f.sentence })));
    const list = this.root.querySelector("[data-findings]");
    // The place of a finding that is settled stays empty: nothing moves under the pointer while a person writes on.
    list.style.minBlockSize = `${list.offsetHeight}px`;
    list.style.marginBlockStart = getComputedStyle(list).marginBlockStart;
    list.replaceChildren(...made);
  }
}
