// The local copy: what is typed and not acknowledged, sealed with a key of the session (AES-GCM), one record for each question of each window. The key
// comes from the portal and is held in memory alone; the key of an earlier session is asked for by its name and is not given after log-out.

import { onLeaving, within } from "./store.js";

const WINDOW = "window of the portal ";
const own = Array.from(globalThis.crypto?.getRandomValues(new Uint8Array(12)) ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
const text = new TextEncoder();
const latest = new Map();
let sealing = null;
let writing = null;
let failed = () => {};

const importKey = (secret) => crypto.subtle.importKey("raw", Uint8Array.from(atob(secret), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]);

/** Whether this browser can keep a sealed copy at all. */
export const possible = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

/** From now on copies are sealed with this key of this person; `told` is called when one could not be written. */
export async function begin(person, key, told) {
  failed = told;
  if (sealing?.name === key.name) return;
  sealing = { person, name: key.name, key: await importKey(key.secret) };
  navigator.locks?.request(WINDOW + own, () => new Promise(() => {}));
  write();
}

/** Keeps the data under the name; the promise is fulfilled when the newest of it is on the disk. */
export function keep(name, data) {
  latest.set(name, data);
  return write();
}

export const forget = (name) => keep(name, null);

/** The name of this window's record of a question. */
export const nameOf = (...parts) => JSON.stringify([...parts, own]);

function write() {
  writing ??= writeAll().catch(() => { sealing = null; latest.clear(); failed(); }).finally(() => {
    writing = null;
    if (latest.size && sealing) write();
  });
  return writing;
}

async function writeAll() {
  while (latest.size && sealing) {
    const batch = [...latest];
    latest.clear();
    const records = await Promise.all(batch.map(([name, data]) => data && seal(name, data)));
    await within("readwrite", (store) => {
      batch.forEach(([name], at) => (records[at] ? store.put(records[at]) : store.delete(name)));
    });
  }
}

async function seal(name, data) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(name) }, sealing.key, text.encode(JSON.stringify(data)));
  return { id: name, person: sealing.person, key: sealing.name, at: Date.now(), iv, sealed };
}

/** What windows of this person that are no longer open have left, oldest first: {name, ...data}. `earlier(name)` gives the key of an earlier session,
    null where there will never be one. */
export async function left(earlier) {
  const records = (await within("readonly", (store) => store.getAll())).filter((record) => record.person === sealing.person);
  const open = new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name));
  const found = [];
  for (const record of records.sort((one, other) => one.at - other.at)) {
    if (open.has(WINDOW + JSON.parse(record.id).at(-1))) continue;
    const key = record.key === sealing.name ? sealing.key : await earlierKey(record.key, earlier);
    if (key === null) { forget(record.id); continue; }
    if (key) found.push({ name: record.id, ...(await unseal(record, key)) });
  }
  return found;
}

const keys = new Map();
async function earlierKey(name, earlier) {
  if (!keys.has(name)) {
    const secret = await earlier(name);
    keys.set(name, secret && (await importKey(secret)));
  }
  return keys.get(name);
}

async function unseal({ id, iv, sealed }, key) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: text.encode(id) }, key, sealed)));
}

onLeaving(() => { sealing = null; latest.clear(); });
