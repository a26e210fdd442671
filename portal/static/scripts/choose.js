// One box in the head of a table takes the place of its link and chooses all rows, or none, without asking the server.

for (const link of document.querySelectorAll("a[data-choose]")) {
  const boxes = [...link.closest("table").querySelectorAll("tbody input[type=checkbox]")];
  const all = Object.assign(document.createElement("input"), { type: "checkbox", title: link.dataset.choose });
  all.setAttribute("aria-label", link.dataset.choose);
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  link.closest("table").addEventListener("change", (event) => event.target !== all && tell());
  link.replaceWith(all);
  tell();
}
