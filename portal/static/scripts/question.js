// One question of the page: its controls, the revision they began from, what has been acknowledged, and its local copy.

import { forget, keep, nameOf } from "./keep.js";
import { furnish, reach } from "./rows.js";
import { person } from "./session.js";
import { unsaved } from "./unsaved.js";
import { count, element, words } from "./words.js";

const SKIPPED = new Set(["file", "submit", "button"]);
const CHECKED = new Set(["checkbox", "radio"]);
const TEXT = "textarea, input[type=text]";

const held = (c) => (CHECKED.has(c.type) && !c.checked ? null : c.value);

/** What the portal drew, whatever a browser that comes back from a crash has put into the control. */
function drawn(c) {
  if (CHECKED.has(c.type)) return c.defaultChecked ? c.value : null;
  return c.matches("select") ? ([...c.options].find((one) => one.defaultSelected) ?? c.options[0])?.value ?? "" : c.defaultValue;
}

const texts = (value) => [value ?? []].flat().filter((text) => text.trim());
const labelOf = (c) => (c.getAttribute("aria-label") ?? c.labels?.[0]?.textContent ?? "").trim();

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
    Object.assign(this, { pending: null, since: null, aside: null, refused: false, back: false, at: this.revision.value });
    this.acknowledged = JSON.stringify(this.fields());
    this.drawn = JSON.stringify(this.fields(drawn));
  }

  get controls() {
    return [...this.root.querySelectorAll("input[name], select[name], textarea[name]")].filter((c) => !c.name.endsWith("@revision") && !SKIPPED.has(c.type));
  }

  /** Whether the page was drawn for reading alone: what stands in the controls can then be put back and not be changed. */
  get closed() {
    return this.controls.every((c) => c.type === "hidden" || c.readOnly || c.matches(":disabled"));
  }

  /** What the form would send for this question: a text by name, or a list where a name stands for several. */
  fields(of = held) {
    const fields = {};
    for (const control of this.controls) {
      const value = of(control);
      if (value !== null) fields[control.name] = control.name in fields ? [fields[control.name], value].flat() : value;
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
    return this.controls.find((c) => c.name === this.key && c.matches(TEXT)) ?? null;
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

  /** Puts fields back into their controls, adding rows where they are needed; a control that they do not name is emptied. True when every word of them
      stands in a control now. */
  put(fields) {
    for (const name of Object.keys(fields)) reach(this.root, name);
    for (const control of this.controls) {
      const values = [fields[control.name] ?? []].flat();
      if (CHECKED.has(control.type)) control.checked = values.includes(control.value);
      else if (control.type !== "hidden") control.value = values[0] ?? "";
      else if ("identifier" in control.dataset && values.length) [control.value] = values;
      if (control.dataset.words) count(control);
    }
    for (const row of this.root.querySelectorAll("details[data-row]")) row.open ||= this.controls.some((c) => row.contains(c) && c.type !== "hidden" && (held(c) ?? "").trim());
    furnish(this.root);
    const shown = this.fields();
    const machinery = new Set(this.controls.filter((c) => c.type === "hidden").map((c) => c.name));
    return Object.entries(fields).every(([name, value]) => texts(value).every((text) => texts(shown[name]).includes(text) || machinery.has(name)));
  }

  /** What stands in the controls, to be copied: a line for each row of a table, its cells apart by tabs; else a line for each control. */
  get wording() {
    const lines = new Map();
    for (const control of this.controls) {
      if (control.type === "hidden" || !(held(control) ?? "").trim()) continue;
      const said = CHECKED.has(control.type) ? labelOf(control) : control.matches("select") ? control.selectedOptions[0].textContent.trim() : control.value;
      const row = control.closest("tr[data-row]");
      if (row) lines.set(row, [...(lines.get(row) ?? []), said]);
      else lines.set(control, [CHECKED.has(control.type) || !labelOf(control) ? said : `${labelOf(control)}: ${said}`]);
    }
    return [...lines.values()].map((cells) => cells.join("\t")).join("\n");
  }

  /** Says that what stands here is not saved and why. Where it can be changed no more, it is laid out for copying, with the way to discard it. */
  refuse(sentence, discard) {
    this.say("refused", sentence);
    this.lay(discard && unsaved(this.text ? "" : this.wording, words.toCopy, discard));
  }

  /** What is laid out for copying, null to take it away. */
  lay(block) {
    this.place.parentElement.querySelector(".unsaved")?.remove();
    if (block) this.place.after(block);
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
    if (field.dataset.words) count(field);
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
    const field = fresh.querySelector(TEXT);
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
