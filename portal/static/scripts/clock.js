// Shows a moment by the clock of the reader's device; without this script the page names it in UTC and two other zones.

for (const place of document.querySelectorAll("[data-own-clock]")) {
  const moment = new Date(place.dataset.ownClock);
  const written = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" }).format(moment);
  place.querySelector("dd").textContent = `${written} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  place.hidden = false;
}
