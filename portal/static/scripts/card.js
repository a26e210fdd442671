// The cards of texts that wait for a choice. The portal draws them; this sends the choice without leaving the page.

import { ask, post } from "./session.js";

const cards = () => [...document.querySelectorAll("[data-card]")];
const touched = (card) => card.contains(document.activeElement) || card.querySelector("textarea")?.value !== card.querySelector("textarea")?.defaultValue;

export class Card {
  static of(aside) {
    const found = cards().find((card) => card.dataset.aside === aside);
    return found && { remove: () => Card.remove(found) };
  }

  static remove(card) {
    document.getElementById(card.dataset.form)?.remove();
    card.remove();
    if (!cards().length) document.getElementById("cards-title")?.parentElement.remove();
  }

  /** Shows a card that the portal has drawn, above the question or at the head of the page. */
  static show(html, question, choices) {
    const drawn = new DOMParser().parseFromString(html, "text/html");
    const card = drawn.querySelector("[data-card]");
    const shown = cards().find((one) => one.dataset.aside === card.dataset.aside);
    if (shown && touched(shown)) return;
    if (shown) Card.remove(shown);
    Card.place(drawn, card, question, choices);
    if (!shown) document.getElementById(card.id)?.scrollIntoView({ block: "nearest" });
  }

  static place(page, card, question, choices) {
    const form = page.getElementById(card.dataset.form); // none on a card for reading alone
    if (form) document.getElementById("main").append(document.importNode(form, true));
    const mine = document.importNode(card, true);
    if (question) question.before(mine);
    else document.getElementById("section").before(mine);
    Card.furnish(mine, choices);
  }

  /** Whether other cards are open now than the page shows. */
  static differ(asides) {
    return cards().map((card) => card.dataset.aside).sort().join() !== [...asides].sort().join();
  }

  /** Shows the cards of a fresh reading of the page, and takes away those that are settled. */
  static renew(page, questions, choices) {
    const fresh = [...page.querySelectorAll("[data-card]")];
    for (const card of cards()) if (!touched(card)) Card.remove(card);
    const kept = new Set(cards().map((card) => card.dataset.aside));
    for (const card of fresh) if (!kept.has(card.dataset.aside)) Card.place(page, card, questions.get(card.dataset.card)?.root, choices);
  }

  static furnish(card, choices) {
    const form = document.getElementById(card.dataset.form);
    form?.addEventListener("submit", async (event) => {
      event.preventDefault();
      await choices.before(card.dataset.card);
      const body = new FormData(form, event.submitter);
      const answer = await post(form.action, body).catch(() => null);
      const told = answer?.ok ? await answer.json().catch(() => null) : null;
      if (told?.chosen) {
        Card.remove(card);
        await choices.after(card.dataset.card, told.sentence);
      } else if (told) {
        say(card, told.sentence);
        document.activeElement?.blur();
        choices.renew();
      } else {
        const { state, fresh } = await ask();
        if (fresh) form.requestSubmit(event.submitter);
        else {
          say(card, answer ? ((await answer.json().catch(() => null))?.detail ?? "") : "");
          choices.entry(state);
        }
      }
    });
  }
}

function say(card, sentence) {
  const place = card.querySelector("[data-said]");
  place.textContent = sentence || place.dataset.unheard;
}
