// A deed on many memories, sent in parts, so that its progress is seen. Without this script the form
// is sent as a whole. What became of the parts before goes along with the last one, whose answer is
// the page that tells of all.

const form = document.querySelector("form[data-parts]");
const most = Number(form.dataset.parts);
const box = form.querySelector(".progress");

form.addEventListener("submit", async (event) => {
  const deed = event.submitter;
  const ids = [...form.querySelectorAll("input[name=id]")];
  // What asks first is asked once, for all.
  if (ids.length <= most || form.place.value === "public") return;
  event.preventDefault();
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  box.hidden = false;
  const told = { count: 0, refused: [], undo: [] };
  const last = ids.length - (ids.length % most || most);
  for (let start = 0; start < last; start += most) {
    const part = ids.slice(start, start + most);
    const answer = await send(deed, part);
    if (answer === null) break;
    told.count += answer.count;
    told.refused.push(...answer.refused);
    told.undo.push(...answer.undo);
    for (const one of part) one.remove();
    show(start + part.length, ids.length);
  }
  field("before", JSON.stringify(told));
  field(deed.name, deed.value);
  form.submit();
});

/** The outcome of a part, or null where there is none: the rest goes with the form, and is told. */
async function send(deed, part) {
  const body = new FormData(form);
  body.delete("id");
  for (const one of part) body.append("id", one.value);
  body.set(deed.name, deed.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(done, all) {
  const bar = box.querySelector("progress");
  bar.max = all;
  bar.value = done;
  box.querySelector("span").textContent = `${form.dataset.working}: ${done} / ${all}`;
}

function field(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  form.append(input);
}
