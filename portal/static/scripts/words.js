// The sentences that the page brings along for its script, and two small makers.

export const words = document.getElementById("autosave-words")?.dataset ?? {};

export const fill = (sentence, values) => (sentence ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** The sentence with a name in it, the name held apart from the direction of the words around it. */
export function named(sentence, name) {
  const [before, after] = (sentence ?? "").split("{name}");
  return [before, element("bdi", { textContent: name }), after ?? ""];
}
