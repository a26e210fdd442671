// A sign of life every 20 s while the page is seen: who else is here, and which answers have moved on. It locks nothing and prolongs no session.

import { ask, post } from "./session.js";
import { element, words } from "./words.js";

const EVERY = 20_000;

/** Gives signs at this address; `moved(answers, asides)` is told the revision of each answer and the open cards, `knock(state)` that the session ended. */
export function attend(address, language, moved, knock) {
  const sign = async () => {
    if (document.hidden) return;
    const answer = await post(address, JSON.stringify({ language })).catch(() => null);
    if (answer?.ok) {
      const told = await answer.json();
      show(told.here);
      await moved(told.answers, told.asides);
    } else if (answer && [400, 401, 403].includes(answer.status)) {
      const { state } = await ask();
      if (state === "nobody" || state === "other") knock(state);
    }
  };
  sign();
  setInterval(sign, EVERY);
  document.addEventListener("visibilitychange", sign);
}

function show(names) {
  const place = document.querySelector("[data-here]");
  const said = names.flatMap((name, at) => [at ? ", " : " ", element("bdi", { textContent: name })]);
  const words_ = names.length ? [element("span", { textContent: words.alsoHere }), ...said] : [];
  if (place && place.textContent !== words_.map((part) => part.textContent ?? part).join("")) place.replaceChildren(...words_);
}
