// Sends a file to the API as it is, with progress: so it may be longer than a form. Several files go
// with the form, which packs them.

import { say } from "./app.js";

const form = document.querySelector("form[data-uploads]");
const box = form.querySelector(".progress");

form.addEventListener("submit", (event) => {
  const files = form.file.files;
  if (files.length !== 1) return;
  event.preventDefault();
  const [scope, team] = form.place.value.split(/\/(.*)/s);
  const query = new URLSearchParams({
    filename: files[0].name,
    format: form.elements.format.value,
    dry_run: form.dry_run.checked,
    exchanges: form.exchanges.checked,
    scope,
  });
  if (team) query.set("team_key", team);
  const request = new XMLHttpRequest();
  request.open("POST", `${form.dataset.uploads}?${query}`);
  request.setRequestHeader("X-CSRFToken", form.csrfmiddlewaretoken.value);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.onprogress = (sent) => show(sent.loaded, sent.total);
  request.onload = () => ended(request);
  request.onerror = () => failed(form.dataset.failed);
  form.querySelector("button").disabled = true;
  box.hidden = false;
  request.send(files[0]);
});

function show(done, all) {
  const percent = all ? Math.floor((100 * done) / all) : 0;
  box.querySelector("progress").value = percent;
  box.querySelector("span").textContent = `${form.dataset.sending}: ${percent} %`;
}

function ended(request) {
  let told = {};
  try {
    told = JSON.parse(request.responseText);
  } catch {
    // What is in front of the hub answered.
  }
  if (request.status === 202) location.assign(`${form.dataset.whole}/${told.id}`);
  else failed(refused(request.status, told.detail));
}

/** What the API refuses it says in English; pages in another language say what kind of thing it is. */
function refused(status, detail) {
  const kinds = JSON.parse(document.getElementById("refusals").textContent);
  const said = document.documentElement.lang === "en" ? detail : kinds[status];
  return said || form.dataset.failed;
}

function failed(sentence) {
  form.querySelector("button").disabled = false;
  box.hidden = true;
  say(sentence, "error");
}
