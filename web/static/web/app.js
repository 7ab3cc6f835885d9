// What all pages have in common: keyboard, dialogs, menus, copying, and what is said when a part of
// a page could not be loaded. Pages work without it.

const root = document.documentElement;
root.classList.add("scripts");

const typing = (element) =>
  element.closest("input, textarea, select, [contenteditable]") !== null;

/** Says a sentence in the region that screen readers follow. */
export function say(sentence, kind = "success") {
  const list = document.createElement("ul");
  const item = document.createElement("li");
  list.className = "messages";
  item.className = kind;
  item.textContent = sentence;
  list.append(item);
  document.getElementById("messages")?.replaceChildren(list);
}

function move(step) {
  const titles = [...document.querySelectorAll(".rows a.row-title")];
  if (titles.length === 0) return;
  const row = document.activeElement?.closest(".row");
  const present = titles.findIndex((title) => row?.contains(title));
  const next = present < 0 ? (step > 0 ? 0 : titles.length - 1) : present + step;
  titles[Math.min(Math.max(next, 0), titles.length - 1)].focus();
}

function edit() {
  const row = document.activeElement?.closest(".row");
  const link = row ? row.querySelector("[data-edits]") : document.querySelector("[data-edits]");
  const to = link?.dataset.edits || link?.href;
  if (to) location.assign(to);
}

const KEYS = {
  "/": () => document.getElementById("find")?.select(),
  j: () => move(1),
  k: () => move(-1),
  e: edit,
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") closeMenus();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

function closeMenus(but = null) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu === but) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

document.addEventListener("click", async (event) => {
  closeMenus(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const copier = event.target.closest("[data-copies]");
  if (copier) {
    await copy(document.getElementById(copier.dataset.copies));
    say(copier.dataset.copied);
  }
});

/** Copies a text, also where the hub is not reached by https: there browsers have no clipboard. */
async function copy(element) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(element.textContent.trim());
    return;
  }
  getSelection().selectAllChildren(element);
  document.execCommand("copy");
}

const TOO_MANY = 429;
const failed = (event) => {
  const { failed: sentence, limited } = document.body.dataset;
  say(event.detail?.xhr?.status === TOO_MANY ? limited : sentence, "error");
};
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);

// Times stand in the page in UTC; here they are those of whoever reads.
const language = root.lang || undefined;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** Shows the moments within a part of the page in the time zone of the browser. */
export function localise(part) {
  for (const time of part.querySelectorAll("time[data-exact]")) {
    time.title = time.textContent;
    time.textContent = exact.format(new Date(time.dateTime));
    delete time.dataset.exact;
  }
}

localise(document);
document.addEventListener("htmx:load", (event) => localise(event.detail.elt));
// Whoever logs out leaves nothing that was being written behind (drafts.js).
document.addEventListener("submit", (event) => {
  if (!new URL(event.target.action).pathname.endsWith("/logout")) return;
  root.dataset.leaves = "";
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("hub-draft:")) localStorage.removeItem(name);
  }
});
