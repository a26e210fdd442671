// Keyboard moves in a dense table: j and k go down and up a row, Enter opens it, / goes to the filters.

const rows = [...document.querySelectorAll("table[data-keys] tbody tr")];
const move = (by) => {
  const at = rows.indexOf(document.activeElement?.closest("tr"));
  const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (!row) return;
  row.tabIndex = -1;
  row.focus();
};
addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "Enter" && event.target.tagName === "TR") event.target.querySelector("a")?.click();
  else if (event.key === "/") {
    event.preventDefault();
    document.querySelector("[data-filters] select, [data-filters] input")?.focus();
  }
});
