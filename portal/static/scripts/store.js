// Where a browser keeps what is not saved yet: one store of sealed texts, emptied at log-out.

const DATABASE = "portal";
const STORE = "unsaved";
const leaving = "BroadcastChannel" in globalThis ? new BroadcastChannel("portal log-out") : null;
let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
    asked.onsuccess = () => {
      const opened = asked.result;
      opened.onversionchange = () => { opened.close(); opening = null; };
      opened.onclose = () => { opening = null; };
      resolve(opened);
    };
  });
  opening.catch(() => { opening = null; });
  return opening;
}

/** Runs `work` on the store; resolves with its request's result once everything is on the disk. */
export async function within(mode, work) {
  const opened = await database();
  return new Promise((resolve, reject) => {
    const transaction = opened.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    transaction.commit?.(); // at once: no answer of the store is waited for first
  });
}

/** Empties the store and tells the other windows of this browser that the person is leaving. */
export async function wipe() {
  leaving?.postMessage("leaving");
  await within("readwrite", (store) => store.clear());
}

/** Calls back when the person logs out in another window. */
export function onLeaving(call) {
  leaving?.addEventListener("message", call);
}
