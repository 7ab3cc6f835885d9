// Keeps what is being written in a form of a memory, in this browser, until it is saved. A key for
// each account and memory; logging out clears them all (app.js). Forms work without it.

const PREFIX = "hub-draft:";
const FIELDS = ["content", "title", "path", "category", "tags", "place", "revision", "version"];
const WAIT = 400; // ms after the last key
const DOUBLE = 1000; // ms in which a second click is none

const form = document.querySelector("form[data-draft]");
const key = (name, account) => `${PREFIX}${account}:${name}`;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, draft) {
  try {
    localStorage.setItem(name, JSON.stringify(draft));
  } catch {
    // Full, or not allowed: the form still has it.
  }
}

function present() {
  const data = new FormData(form);
  const found = {};
  for (const name of FIELDS) if (data.has(name)) found[name] = data.get(name);
  return found;
}

// What was saved needs no draft any more: the page that comes behind a save says so.
function forget() {
  for (const item of document.querySelectorAll("#messages [class*='saved-']")) {
    const name = /saved-([\w-]+)/.exec(item.className)[1];
    for (const one of Object.keys(localStorage)) {
      if (one.startsWith(PREFIX) && one.endsWith(`:${name}`)) localStorage.removeItem(one);
    }
  }
}

const WRITTEN = ["content", "title", "path", "category", "tags"];
// The ends of lines are the browser's: CR and LF in FormData.
const even = (text) => (text ?? "").replace(/\r\n?/g, "\n");
const differs = (draft, shown) =>
  WRITTEN.some((name) => name in draft && name in shown && even(draft[name]) !== even(shown[name]));

function offer(name, draft) {
  const note = document.getElementById("draft");
  const time = note.querySelector("time");
  time.dateTime = draft.at;
  time.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
  note.hidden = false;
  note.querySelector("[data-draft-back]").addEventListener("click", () => {
    for (const field of FIELDS) {
      if (field in draft && form.elements[field]) form.elements[field].value = draft[field];
    }
    note.hidden = true;
    form.elements.content.focus();
  });
  note.querySelector("[data-draft-away]").addEventListener("click", () => {
    localStorage.removeItem(name);
    note.hidden = true;
    form.elements.content.focus();
  });
}

if (form) {
  const name = key(form.dataset.draft, form.dataset.account);
  const kept = read(name);
  // A merge holds it already.
  const mayOffer = document.getElementById("draft") !== null;
  if (mayOffer && kept && differs(kept, present())) offer(name, kept);
  let timer;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    if ("leaves" in document.documentElement.dataset) return;
    write(name, { ...present(), at: new Date().toISOString() });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  let sent = -DOUBLE;
  form.addEventListener("submit", (event) => {
    keep();
    if (event.timeStamp - sent < DOUBLE) event.preventDefault();
    else sent = event.timeStamp;
  });
  window.addEventListener("pagehide", () => timer && keep());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=save]"));
    }
  });
} else {
  forget();
}
