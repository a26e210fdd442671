// Pasting with marks into a narrative: the words stand in the field at once; when the portal has made Markdown of the marks, it takes their place. Undoing once
// gives the words without marks, undoing twice takes the pasting back.

const words = document.getElementById("paste-words")?.dataset ?? {};
const LIMIT = 2_000_000;

/** Puts text over a part of a field as one edit that can be undone and that fires an input event. */
function put(area, text, start, end) {
  if (document.activeElement === area) {
    area.setSelectionRange(start, end);
    if (text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete")) return;
  }
  area.setRangeText(text, start, end, document.activeElement === area ? "end" : "preserve");
  area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
}

/** Says a sentence below the field, where there is one to say. */
function say(area, sentence) {
  let place = area.parentElement.querySelector(":scope > .pasted");
  if (!place) {
    place = Object.assign(document.createElement("p"), { className: "pasted small soft" });
    place.setAttribute("role", "status");
    area.after(place);
  }
  place.textContent = sentence;
}

/** What the portal makes of the HTML, or a sentence why it makes nothing of it. */
async function cleaned(html) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const headers = { "Content-Type": "text/html; charset=utf-8", Accept: "application/json", "X-CSRFToken": token };
  try {
    const answer = await fetch(words.address, { method: "POST", redirect: "manual", headers, body: html });
    const told = await answer.json();
    return answer.ok ? told : { said: answer.status === 413 ? told.detail : words.plain };
  } catch {
    return { said: words.plain };
  }
}

/** Where the pasted words stand now: where they were put, or the only place they are found; -1 where they were changed. */
function found(area, plain, start) {
  if (area.value.startsWith(plain, start)) return start;
  const at = area.value.indexOf(plain);
  return at >= 0 && area.value.indexOf(plain, at + 1) < 0 ? at : -1;
}

async function paste(event) {
  const area = event.target.closest?.('[data-kind="narrative"] textarea[name]');
  // Pictures come as megabytes of their own in the page's text; none of them comes along.
  const html = (event.clipboardData?.getData("text/html") ?? "").replace(/(["']?)data:image\/[\w+.-]+;base64,[\w+/=\s]+\1/g, '""');
  if (!area || area.readOnly || !html) return;
  if (html.length > LIMIT) return say(area, words.large);
  event.preventDefault();
  const plain = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n");
  const start = area.selectionStart;
  put(area, plain, start, area.selectionEnd);
  const told = await cleaned(html);
  say(area, told.said ?? "");
  if (typeof told.text !== "string" || !told.text || told.text === plain) return;
  const at = plain ? found(area, plain, start) : start;
  if (at < 0) return say(area, words.moved);
  const caret = area.selectionStart;
  const within = caret >= at && caret <= at + plain.length;
  put(area, told.text, at, at + plain.length);
  if (document.activeElement !== area) return;
  const place = within ? at + told.text.length : caret > at ? caret + told.text.length - plain.length : caret;
  area.setSelectionRange(place, place);
}

if (words.address) document.addEventListener("paste", paste);
