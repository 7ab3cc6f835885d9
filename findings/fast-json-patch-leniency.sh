#!/bin/sh
# A JSON Patch that must fail succeeds, or fails and stays half done.
#
# One would expect, from RFC 6902 (4 and 5): removing, replacing or copying what is not there is
# an error, so is an index behind the end, and a patch with a failing operation changes nothing.
#
# What happens (fast-json-patch 3.1.1 from npm, called as its examples do, seen 2026-11-28):
# removing what is not there does nothing, replacing adds it, copying writes undefined, and an
# index behind the end appends. A failing test raises, but the document that was passed in has the
# operations before it. With validate = true the first four raise; the half-done document stays.
#
# jsonpatch 1.48 for Python raises in all of these cases, and leaves the document as it was. A
# client with the one and a server with the other therefore do not have the same memory
# afterwards, and the client does not know.
#
# Who builds on it: patch a copy, pass validate = true, and let the server's answer replace the
# client's own document.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cd "$dir"
npm install --silent --no-audit --no-fund --prefix "$dir" fast-json-patch@3.1.1 >/dev/null

cat >"$dir/probe.mjs" <<'PROBE'
import patch from "fast-json-patch";

const PATCHES = {
  "remove what is not there": [{ op: "remove", path: "/tag" }],
  "replace what is not there": [{ op: "replace", path: "/tag", value: "new" }],
  "copy what is not there": [{ op: "copy", from: "/tag", path: "/label" }],
  "add behind the end": [{ op: "add", path: "/list/5", value: "x" }],
  "test fails at the end": [
    { op: "add", path: "/label", value: "x" },
    { op: "test", path: "/title", value: "other" },
  ],
};
for (const validate of [false, true]) {
  for (const [name, operations] of Object.entries(PATCHES)) {
    const memory = { title: "plan", list: ["a"] };
    let outcome = "accepted";
    try {
      patch.applyPatch(memory, operations, validate);
    } catch {
      outcome = "raised";
    }
    const keys = Object.keys(memory).join(" ");
    console.log(`validate ${validate}, ${name}: ${outcome}, keys ${keys}, list ${memory.list}`);
  }
}
PROBE

cat >"$dir/expected" <<'EXPECTED'
validate false, remove what is not there: accepted, keys title list, list a
validate false, replace what is not there: accepted, keys title list tag, list a
validate false, copy what is not there: accepted, keys title list label, list a
validate false, add behind the end: accepted, keys title list, list a,x
validate false, test fails at the end: raised, keys title list label, list a
validate true, remove what is not there: raised, keys title list, list a
validate true, replace what is not there: raised, keys title list, list a
validate true, copy what is not there: raised, keys title list, list a
validate true, add behind the end: raised, keys title list, list a
validate true, test fails at the end: raised, keys title list label, list a
EXPECTED

node "$dir/probe.mjs" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: what fast-json-patch accepts no longer holds as written above." >&2
    exit 1
fi
