// Shows a moment by the clock of the reader's device; without this script the page names it in UTC and two other zones.

const page = document.documentElement.lang;
const language = page === "en" ? "en-GB" : page; // as the portal writes days: Wednesday, 2 July 2025

for (const place of document.querySelectorAll("[data-own-clock]")) {
  const moment = new Date(place.dataset.ownClock);
  const written = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" }).format(moment);
  place.querySelector("dd").textContent = `${written} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  place.hidden = false;
}
