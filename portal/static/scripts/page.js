// Small manners of every page: the focus goes to what is to be put right or to the question named in the address; guidance stays folded where it was folded; log-out empties the store of what was not saved.

import { wipe } from "./store.js";

document.querySelector("[data-focus]")?.focus();

for (const form of document.querySelectorAll('form[action="/logout"]')) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await Promise.race([wipe().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1000))]);
    form.submit();
  });
}

addEventListener("click", (event) => {
  const link = event.target.closest?.('.problems a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView();
  (target.matches("input, select, textarea") ? target : target.querySelector("input:not([type=hidden]), select, textarea") ?? target).focus({ preventScroll: true });
});

const narrow = matchMedia("(max-width: 60rem)").matches;
const folded = () => { try { return localStorage.getItem("guidance folded"); } catch { return null; } };
for (const details of document.querySelectorAll("details[data-folds]")) {
  details.open = folded() === null ? !narrow : folded() !== "yes";
  details.querySelector("summary").addEventListener("click", () => {
    try { localStorage.setItem("guidance folded", details.open ? "yes" : "no"); } catch { /* Not remembered; it still folds. */ }
  });
}
