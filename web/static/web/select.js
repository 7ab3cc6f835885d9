// Selects all rows that are shown, those that come later too.

const all = document.querySelector("[data-selects]");
const boxes = () => document.querySelectorAll(`input[name=id][form=${all.dataset.selects}]`);

all?.addEventListener("change", () => {
  for (const box of boxes()) box.checked = all.checked;
});
document.addEventListener("htmx:afterSwap", () => {
  if (all?.checked) for (const box of boxes()) box.checked = true;
});
