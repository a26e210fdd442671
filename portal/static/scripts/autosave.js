// Saves each question by itself: 1.2 s after typing pauses and when it is left. What is not acknowledged is kept sealed in this browser and comes back. The
// form names the address in data-autosave; without script its Save button does the work.

import { Card } from "./card.js";
import { knock, onEntry, open } from "./door.js";
import { begin, forget, left, possible } from "./keep.js";
import { attend } from "./presence.js";
import { Question } from "./question.js";
import { Queue } from "./queue.js";
import { ask, earlierKey, person, post } from "./session.js";
import { unsaved } from "./unsaved.js";
import { count, element, fill, words } from "./words.js";

const PAUSE = 1200;
const PATIENCE = 20_000;
const KEEPALIVE_BYTES = 60_000;
const form = document.querySelector("form[data-autosave]");
const address = form?.dataset.autosave;
const questions = new Map();
const queue = new Queue(send, (items) => items.forEach((item) => item.say("waiting", ...held())));
let trouble = null;
let underWay = null;
let leaving = false;

const questionOf = (target) => questions.get(target.closest?.("[data-question]")?.dataset.question);
const unsent = () => [...questions.values()].some((q) => (q.refused || q.dirty) && !q.closed);
const halt = (question) => { clearTimeout(question.timer); question.timer = 0; };

function enqueue(question) {
  halt(question);
  if (!question.dirty) return question.restate();
  question.keep();
  queue.add(question);
}

/** The words beside a field that waits, with the button that opens the door where the session has ended. */
function held() {
  if (trouble !== "nobody" && trouble !== "other") return [words[trouble ?? "waiting"]];
  const button = element("button", { type: "button", className: "button-link", textContent: words.loginLink });
  const state = trouble;
  button.addEventListener("click", () => open(state, button));
  return [state === "other" ? words.other : words.login, " ", button];
}

/** Sends one item; true means that it is to be sent again. What went out without an answer goes out again as it was. */
async function send(item) {
  item.pending ??= item.body();
  await Promise.race([item.keep(), new Promise((resolve) => setTimeout(resolve, 300))]);
  if (!item.pending) return false; // discarded meanwhile
  item.refused = false;
  if (!trouble) item.say("saving", words.saving);
  underWay = new AbortController();
  const patience = setTimeout(() => underWay.abort(), PATIENCE);
  try {
    const answer = await post(address, JSON.stringify(item.pending), { signal: underWay.signal });
    const told = await answer.json().catch(() => null);
    return item.pending ? await heard(item, answer, told) : false;
  } catch {
    trouble = "waiting";
    return true;
  } finally {
    clearTimeout(patience);
  }
}

/** Takes an answer of the portal; true means that the item is to be sent again. */
async function heard(item, answer, told) {
  if (answer.ok && told) {
    trouble = null;
    if (told.stale) await stale(item, told.stale);
    else await item.saved(told);
    return false;
  }
  if (answer.ok || answer.status >= 500 || answer.status === 429) {
    trouble = "busy";
    return true;
  }
  if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) {
    const session = await ask();
    if (session.state !== "mine") {
      trouble = session.state === "unknown" ? "waiting" : session.state;
      if (trouble !== "waiting") knock(trouble);
      return true;
    }
    await keyed(session);
    if (session.fresh) return send(item);
  }
  item.pending = null;
  item.refused = true;
  const sentences = told?.problems?.map((p) => p.sentence).filter(Boolean) ?? [];
  const sentence = answer.status === 404 ? words.ended : sentences.join(" ") || told?.detail || "";
  const open = item instanceof Question && !item.closed && answer.status === 422;
  item.refuse(fill(words.refused, { sentence }), open ? null : () => discard(item));
  return false;
}

/** Lets go of a text that could not be saved, at the wish of the person: its field shows what is saved. */
async function discard(item) {
  if (!(item instanceof Question)) {
    item.forget();
    item.lay(null);
    return;
  }
  halt(item);
  item.put(JSON.parse(item.acknowledged));
  Object.assign(item, { pending: null, since: null, aside: null, refused: false, back: false, acknowledged: JSON.stringify(item.fields()) });
  item.revision.value = item.at;
  item.forget();
  item.lay(null);
  await renew([item.key]);
  item.say("saved", words.discarded);
  item.place.setAttribute("tabindex", "-1");
  item.place.focus();
}

/** A question that has been saved: what stands in its controls is acknowledged, or goes on from what was. */
Question.prototype.saved = async function saved(told) {
  const sent = this.pending;
  const still = JSON.stringify(this.fields()) === JSON.stringify(sent.fields);
  Object.assign(this, { pending: null, since: null, acknowledged: JSON.stringify(sent.fields) });
  const joined = told.merged && !still; // what was typed meanwhile was written without the words of the others
  if (!joined) this.revision.value = this.at = told.revision;
  this.lay(null);
  if (this.aside) Card.of(this.aside)?.remove();
  this.aside = null;
  this.showFindings(told.findings ?? []);
  const sentence = told.merged ? words.merged : this.back ? words.savedBack : words.saved;
  if (joined) this.since = sent.fields;
  else if (told.merged && this.text && typeof told.value === "string") {
    this.write(told.value);
    this.acknowledged = JSON.stringify(this.fields());
  } else if (told.merged) await renew([this.key]);
  this.back = false;
  this.say("saved", fill(sentence, { time: told.saved_at_text }));
  if (!told.merged) this.unsay();
  goOn(this);
};

/** After an answer: the copy is forgotten, or what was typed meanwhile is sent in its turn. */
function goOn(question) {
  if (!question.changed) question.forget();
  else if (!question.timer) question.timer = setTimeout(() => enqueue(question), 0);
}

/** Both texts are kept by the portal now; the card asks for a choice, and what is typed further goes on into the text beside. */
async function stale(item, told) {
  const sent = item.pending;
  item.pending = null;
  if (item instanceof Question) {
    item.acknowledged = JSON.stringify(sent.fields);
    item.aside = told.aside;
    item.lay(null);
    item.say("conflict", words.conflict);
    goOn(item);
  } else item.saved();
  Card.show(told.card, (item.question ?? item).root, choices);
}

/** A text of an earlier window for which no field is free: it is sent as it is, and joined or kept beside by the portal. Where that is refused it is laid out at
    the head of the page. */
class Stray {
  constructor({ name, question, language, fields, base_revision, since, aside }) {
    Object.assign(this, { name, question: questions.get(question), key: question, dirty: true });
    this.message = { person, question, language, fields, base_revision, since, aside };
  }

  body() { return this.message; }

  keep() { return Promise.resolve(); }

  say() {}

  refuse(sentence, discard) {
    const fields = Object.values(this.message.fields).flat().filter((text) => text.trim());
    const section = this.key.split("/")[0];
    this.lay(element("div", {}, element("p", { textContent: sentence }), unsaved(fields.join("\n"), fill(words.strayKept, { section }), discard)));
  }

  lay(block) {
    this.laid?.remove();
    this.laid = block;
    if (block) form.querySelector("[data-keeping]")?.append(block);
  }

  forget() { return forget(this.name); }

  async saved() {
    this.forget();
    this.lay(null);
    if (this.question) await renew([this.key]);
    else notice(fill(words.strayed, { section: this.key.split("/")[0] }));
  }
}

/** What the cards call when somebody has chosen. */
const choices = {
  before: async (key) => {
    const question = questions.get(key);
    if (!question?.dirty) return;
    enqueue(question);
    await queue.now();
  },
  after: async (key, sentence) => {
    const question = questions.get(key);
    if (question) question.aside = null;
    if (question && !question.dirty) question.forget();
    await renew([key]);
    question?.say("saved", sentence);
    question?.unsay();
    question?.controls.find((c) => c.type !== "hidden")?.focus();
  },
  renew: () => renew([]),
  entry: (state) => (state === "nobody" || state === "other" ? open(state) : undefined),
};

/** Reads the page again and takes over what is saved, for these questions where nothing is typed, and the cards. */
async function renew(keys) {
  let page;
  try {
    const answer = await fetch(form.dataset.again, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return;
  }
  for (const key of keys) {
    const question = questions.get(key);
    const fresh = page.querySelector(`[data-question="${CSS.escape(key)}"]`);
    if (question && fresh && !question.dirty && !question.aside) question.adopt(fresh);
  }
  Card.renew(page, questions, choices);
}

/** What a sign of life told: answers that have moved on are taken over where nothing is typed. */
async function moved(answers, asides) {
  if (!questions.size) return;
  const behind = [...questions.values()].filter((q) => !q.dirty && !q.aside && !q.timer && (answers[q.key]?.revision > Number(q.revision.value) || q.since));
  if (!behind.length && !Card.differ(asides)) return;
  await renew(behind.map((q) => q.key));
  for (const q of behind) if (Number(q.revision.value) === answers[q.key]?.revision) q.say("updated", fill(words.updated, answers[q.key]));
}

function notice(sentence) {
  form.querySelector("[data-keeping]")?.append(element("p", { textContent: sentence }));
}

let noCopy = () => { noCopy = () => {}; notice(words.noCopy); };

/** Begins to keep copies under the session's key; where that cannot be, the page says so once. */
async function keyed(session) {
  try {
    await begin(person, session.key, () => noCopy());
  } catch {
    noCopy();
  }
}

/** Brings back what an earlier window has left: into its field where that is untouched, else straight to the portal. */
async function bringBack() {
  const back = [];
  for (const copy of await left(earlierKey)) {
    const question = questions.get(copy.question);
    if (copy.address !== address) continue;
    const here = question?.language === copy.language;
    if (here && JSON.stringify(copy.fields) === question.drawn) forget(copy.name);
    else if (here && !question.dirty && !question.back && shown(question, copy.fields)) {
      question.revision.value = copy.base_revision;
      Object.assign(question, { since: copy.since, aside: copy.aside, back: true });
      back.push(question);
      question.keep(); // under the name of this window, in one act with the next line
      forget(copy.name);
      enqueue(question);
    } else queue.add(new Stray(copy));
  }
  if (back.some((question) => !question.closed)) notice(words.back);
  if (back.some((question) => question.closed)) notice(words.backClosed);
}

/** Puts a text back into its field; where a part of it finds no place, the field stays as it is. */
function shown(question, fields) {
  if (question.put(fields)) return true;
  question.put(JSON.parse(question.acknowledged));
  question.acknowledged = JSON.stringify(question.fields());
  return false;
}

async function setUp() {
  if (!possible()) return noCopy();
  const session = await ask();
  if (session.state !== "mine") return setTimeout(setUp, 5000);
  await keyed(session);
  await bringBack().catch(() => noCopy());
}

/** The last chance of a page that goes: what is not acknowledged is sent without waiting for the answer. */
function farewell() {
  if (leaving) return;
  const dirty = [...questions.values()].filter((question) => question.dirty && !question.closed);
  if (dirty.length) underWay?.abort();
  for (const question of dirty) {
    const body = JSON.stringify({ ...question.body(), since: question.pending?.fields ?? question.since });
    if (new Blob([body]).size < KEEPALIVE_BYTES) post(address, body, { keepalive: true }).catch(() => {});
  }
}

/** Sends the form by its button once it is known to arrive under the right name. */
async function submit(event) {
  if (leaving) return;
  event.preventDefault();
  const { submitter } = event;
  const session = await ask();
  if (leaving) return; // pressed twice
  if (session.state === "mine") {
    leaving = true;
    form.requestSubmit(submitter);
    return;
  }
  trouble = session.state === "unknown" ? "waiting" : session.state;
  for (const question of questions.values()) enqueue(question);
  notice(trouble === "waiting" ? words.waiting : words.login);
  if (trouble !== "waiting") open(trouble, submitter);
}

/** A form with which a section leaves the hands of the person goes once all is saved; pressed again, it goes without what cannot be. */
async function handOn(event) {
  const going = event.target;
  if (leaving || !going.matches("[data-after-saving]") || going.dataset.afterSaving === "told" || !unsent()) return;
  event.preventDefault();
  for (const question of questions.values()) enqueue(question);
  await queue.now();
  if (unsent()) {
    going.dataset.afterSaving = "told";
    event.submitter?.before(element("p", { className: "field-error", role: "alert", textContent: words.unsentYet }));
    return;
  }
  leaving = true;
  going.requestSubmit(event.submitter);
}

function typed({ target }) {
  const question = questionOf(target);
  if (target.dataset.words) count(target);
  if (!question) return;
  halt(question);
  question.unsay();
  question.keep();
  question.timer = setTimeout(() => enqueue(question), PAUSE);
}

if (form && words.saving && form.querySelector("[type=submit]")) {
  for (const root of form.querySelectorAll("[data-question]")) questions.set(root.dataset.question, new Question(root, address));
  form.addEventListener("input", typed);
  form.addEventListener("change", ({ target }) => { const q = questionOf(target); if (q) enqueue(q); });
  form.addEventListener("focusout", ({ target, relatedTarget }) => { const q = questionOf(target); if (q && !q.root.contains(relatedTarget)) enqueue(q); });
  form.addEventListener("submit", submit);
  document.addEventListener("submit", handOn);
  addEventListener("online", () => queue.now());
  addEventListener("focus", () => queue.now());
  onEntry(async () => { trouble = null; await keyed(await ask()); queue.now(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) for (const q of questions.values()) enqueue(q); });
  addEventListener("pagehide", farewell);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) { leaving = false; queue.now(); } });
  addEventListener("beforeunload", (event) => { if (!leaving && unsent()) event.preventDefault(); });
  for (const area of form.querySelectorAll("textarea[data-words]")) count(area);
  for (const card of document.querySelectorAll("[data-card]")) Card.furnish(card, choices);
  setUp();
}
if (form?.dataset.presence) attend(form.dataset.presence, form.elements.language?.value, moved, knock);
