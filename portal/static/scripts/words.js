// The sentences that the page brings along for its script, and two small makers.

export const words = document.getElementById("autosave-words")?.dataset ?? {};

export const fill = (sentence, values) => (sentence ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** Says how many words stand in a field that has a measure; in an empty one, the advice that stood there first. */
export function count(area) {
  const place = document.getElementById(area.getAttribute("aria-describedby"));
  if (!place) return;
  place.dataset.advice ??= place.textContent;
  const text = area.value.trim();
  place.textContent = text ? fill(place.dataset.count, { words: text.split(/\s+/).length, most: area.dataset.words }) : place.dataset.advice;
}

/** The sentence with a name in it, the name held apart from the direction of the words around it. */
export function named(sentence, name) {
  const [before, after] = (sentence ?? "").split("{name}");
  return [before, element("bdi", { textContent: name }), after ?? ""];
}
