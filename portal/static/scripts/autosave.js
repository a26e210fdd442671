// Saves each question by itself: 1.2 s after typing pauses and when it is left. One request at a time, in order; whatever is not acknowledged is kept
// in this browser too, and sent again. The form names the address in data-autosave; without script its Save button does the work.

import { reach } from "./rows.js";

const PAUSE = 1200;
const WAITS = [2000, 4000, 8000, 15000, 30000];
const form = document.querySelector("form[data-autosave]");
const words = document.getElementById("autosave-words")?.dataset ?? {};
const fill = (sentence, values) => (sentence ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** One question of the page: its controls, the revision they began from, and what has been acknowledged. */
class Question {
  constructor(root) {
    this.root = root;
    this.key = root.dataset.question;
    this.language = root.dataset.language;
    this.revision = root.querySelector(`input[name="${CSS.escape(this.key)}@revision"]`);
    this.place = root.querySelector("[data-saved]");
    this.acknowledged = JSON.stringify(this.fields());
    this.held = false;
    this.timer = 0;
    this.store = `unsaved ${form.dataset.autosave} ${this.key} ${this.language}`;
  }

  /** What the form would send for this question: a text by name, or a list where a name stands for several. */
  fields() {
    const fields = {};
    for (const control of this.root.querySelectorAll("input[name], select[name], textarea[name]")) {
      const skipped = control.name.endsWith("@revision") || control.disabled || control.type === "file" || (["checkbox", "radio"].includes(control.type) && !control.checked);
      if (skipped) continue;
      fields[control.name] = control.name in fields ? [fields[control.name], control.value].flat() : control.value;
    }
    return fields;
  }

  get dirty() {
    return JSON.stringify(this.fields()) !== this.acknowledged;
  }

  say(state, sentence) {
    this.place.dataset.state = state;
    this.place.textContent = sentence;
  }

  keep() {
    try {
      localStorage.setItem(this.store, JSON.stringify({ fields: this.fields(), revision: Number(this.revision.value) }));
    } catch {
      // A full or closed store: the text is still in the window, and the warning on leaving stands.
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.store);
    } catch {
      // As above: nothing was kept.
    }
  }

  /** Puts fields back into their controls, adding rows where they are needed. */
  put(fields) {
    for (const [name, value] of Object.entries(fields)) {
      const values = [value].flat();
      reach(this.root, name);
      for (const control of this.root.querySelectorAll("[name]")) {
        if (control.name !== name || control.type === "hidden") continue;
        if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
        else control.value = values[0];
      }
    }
  }

  /** The one control of a question whose value is a text, else null. */
  get text() {
    return [...this.root.querySelectorAll("textarea[name], input[type=text][name]")].find((c) => c.name === this.key) ?? null;
  }

  showFindings(findings) {
    const list = this.root.querySelector("[data-findings]");
    list.replaceChildren(
      ...findings.map((f) => element("li", {}, element("span", { className: `state state-${f.severity}`, textContent: words[f.severity] ?? f.severity }), " ", element("span", { textContent: f.sentence }))),
    );
  }
}

const questions = new Map();
const waiting = [];
let sending = null;
let attempts = 0;
let retry = 0;

function enqueue(question) {
  clearTimeout(question.timer);
  if (question.held || !question.dirty) return;
  question.keep();
  if (!waiting.includes(question)) waiting.push(question);
  if (!retry) drain();
}

async function drain() {
  if (sending || !waiting.length) return;
  sending = waiting[0];
  const again = await send(sending);
  sending = null;
  if (again) {
    retry = setTimeout(() => { retry = 0; drain(); }, WAITS[Math.min(attempts++, WAITS.length - 1)]);
  } else {
    attempts = 0;
    const done = waiting.shift();
    if (!done.held && !done.refused && done.dirty && !done.timer) enqueue(done);
    drain();
  }
}

/** Sends one question; true means that it is to be sent again. */
async function send(question) {
  const fields = question.fields();
  const typed = JSON.stringify(fields);
  question.refused = false;
  question.say("saving", words.saving);
  let answer;
  try {
    answer = await post({ question: question.key, language: question.language, fields, base_revision: Number(question.revision.value) });
  } catch {
    question.say("waiting", words.waiting);
    return true;
  }
  if (answer.ok) return saved(question, typed, await answer.json().catch(() => null));
  if (answer.status >= 500 || answer.status === 429) {
    question.say("waiting", words.busy);
    return true;
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 409 && told.type === "stale") {
    conflict(question, told);
    return false;
  }
  if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) {
    const token = await renew();
    if (token === "none") {
      question.say("waiting", words.login);
      question.place.append(" ", element("a", { href: "/login", target: "_blank", textContent: words.loginLink }));
    }
    if (token !== "same") return true;
  }
  question.refused = true;
  const sentences = told.problems?.map((p) => p.sentence).filter(Boolean) ?? [];
  question.say("refused", fill(words.refused, { sentence: sentences.join(" ") || told.detail || "" }));
  return false;
}

function post(body) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  return fetch(form.dataset.autosave, {
    method: "POST",
    redirect: "manual",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
}

/** Asks this page for a token: "fresh" the first time after a refusal, "same" when that was tried, "none" where nobody is logged in. */
async function renew() {
  const held = document.querySelector('meta[name="csrf-token"]');
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href, { headers: { Accept: "text/html" } })).text(), "text/html");
    const token = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!token) return "none";
    if (held.dataset.tried) return "same";
    held.content = token;
    held.dataset.tried = "yes";
    for (const hidden of document.querySelectorAll('input[name="csrf_token"]')) hidden.value = token;
    return "fresh";
  } catch {
    return "none";
  }
}

function saved(question, typed, told) {
  if (!told) {
    question.say("waiting", words.busy);
    return true;
  }
  const still = JSON.stringify(question.fields()) === typed;
  document.querySelector('meta[name="csrf-token"]')?.removeAttribute("data-tried");
  question.acknowledged = typed;
  question.say("saved", fill(told.merged ? words.merged : words.saved, { time: told.saved_at_text }));
  if (told.merged && question.text && still && typeof told.value === "string") {
    question.text.value = told.value;
    question.acknowledged = JSON.stringify(question.fields());
  }
  if (!told.merged || (question.text && still)) {
    question.revision.value = told.revision;
  } else if (!question.text) {
    // The rows shown are not the joined ones: nothing more is sent from them before the page shows what was joined.
    question.held = true;
    question.place.append(" ", element("a", { href: location.pathname, textContent: words.reload }));
  }
  if (still) question.forget();
  question.showFindings(told.findings ?? []);
  if (told.progress) showProgress(told.progress);
  return false;
}

function showProgress({ answered, of }) {
  for (const place of document.querySelectorAll("[data-progress]")) {
    Object.assign(place.querySelector("progress"), { max: of || 1, value: answered });
    place.querySelector("[data-progress-words]").textContent = fill(place.dataset.words, { answered, of });
  }
}

const shown = (value) => (typeof value === "string" ? value : value == null ? "" : JSON.stringify(value, null, 2));

/** The card with both texts; the question is not sent until one is chosen. */
function conflict(question, { theirs, yours, revision, detail }) {
  question.held = true;
  question.say("conflict", words.conflict);
  const side = (title, value) => element("div", { className: "side" }, element("h4", { textContent: title }), element("pre", { dir: "auto", textContent: shown(value) }));
  const button = (text, act) => {
    const made = element("button", { type: "button", className: "button button-secondary button-small", textContent: text });
    made.addEventListener("click", () => { card.remove(); question.held = false; question.revision.value = revision; act(); });
    return made;
  };
  const joined = element("textarea", { className: "joined", dir: "auto", rows: 6, value: shown(yours ?? question.text?.value) });
  const save = () => { question.acknowledged = ""; enqueue(question); };
  const card = element("div", { className: "conflict", role: "alert", tabIndex: -1 },
    element("p", { textContent: detail || words.conflict }),
    element("div", { className: "sides" }, side(words.mine, yours ?? question.text?.value), side(words.theirs, theirs)));
  const actions = element("div", { className: "row" },
    button(words.keepMine, save),
    button(words.keepTheirs, () => {
      question.forget();
      if (question.text) {
        question.text.value = shown(theirs);
        question.acknowledged = JSON.stringify(question.fields());
        question.say("saved", "");
      } else {
        question.acknowledged = JSON.stringify(question.fields());
        location.reload();
      }
    }));
  if (question.text) {
    const label = element("label", { className: "field-label", textContent: words.joined });
    label.append(joined);
    card.append(label);
    actions.append(button(words.keepJoined, () => { question.text.value = joined.value; save(); }));
  }
  card.append(actions);
  question.place.after(card);
  card.focus();
}

/** Offers text of this browser that was never acknowledged. */
function offer(question) {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(question.store));
  } catch {
    return;
  }
  if (!kept) return;
  if (JSON.stringify(kept.fields) === question.acknowledged) return question.forget();
  const card = element("div", { className: "conflict" }, element("p", { textContent: words.found }));
  const button = (text, act) => {
    const made = element("button", { type: "button", className: "button button-secondary button-small", textContent: text });
    made.addEventListener("click", () => { card.remove(); act(); });
    return made;
  };
  const first = shown(kept.fields[question.key]);
  if (first) card.append(element("div", { className: "side" }, element("pre", { dir: "auto", textContent: first })));
  card.append(element("div", { className: "row" },
    button(words.putBack, () => { question.put(kept.fields); question.revision.value = kept.revision; enqueue(question); }),
    button(words.discard, () => question.forget())));
  question.place.after(card);
}

function count(area) {
  const place = document.getElementById(area.getAttribute("aria-describedby"));
  const written = area.value.trim() ? area.value.trim().split(/\s+/).length : 0;
  if (place && written) place.textContent = fill(place.dataset.count, { words: written, most: area.dataset.words });
}

const questionOf = (target) => questions.get(target.closest?.("[data-question]"));
const unsent = () => [...questions.values()].some((q) => q.held || q.refused || q.dirty);

if (form && words.saving) {
  for (const root of form.querySelectorAll("[data-question]")) questions.set(root, new Question(root));
  for (const question of questions.values()) offer(question);
  form.addEventListener("input", (event) => {
    const question = questionOf(event.target);
    if (event.target.dataset.words) count(event.target);
    if (!question || event.target.classList.contains("joined")) return;
    clearTimeout(question.timer);
    question.keep();
    question.timer = setTimeout(() => { question.timer = 0; enqueue(question); }, PAUSE);
  });
  form.addEventListener("change", (event) => { const q = questionOf(event.target); if (q) { q.timer = 0; enqueue(q); } });
  form.addEventListener("focusout", (event) => { const q = questionOf(event.target); if (q && !q.root.contains(event.relatedTarget)) { q.timer = 0; enqueue(q); } });
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("online", () => { clearTimeout(retry); retry = 0; drain(); });
  addEventListener("beforeunload", (event) => { if (!leaving && unsent()) event.preventDefault(); });
  for (const area of form.querySelectorAll("textarea[data-words]")) count(area);
}
