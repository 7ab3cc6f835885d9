#!/bin/sh
# gray-matter, second time: a broken note reads as an empty one, and a changed note as the changed
# one.
#
# One would expect: a parser gives the same for the same text each time it is called.
#
# What happens (gray-matter 4.0.3 from npm, js-yaml as it pins it, seen 2026-11-28): called
# without options it keeps each text and its result in one object for the whole process.
# - A note whose front matter is broken raises the first time. The second time nothing is raised
#   and the result says: no front matter, whole text as content. An importer that tries again, or
#   lists first and reads afterwards, publishes the block as text.
# - Who changes the data of one note changes that of the next note with the same text.
# With an (even empty) object of options it does neither.
#
# Who builds on it: always pass {}.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cd "$dir"
npm install --silent --no-audit --no-fund --prefix "$dir" gray-matter@4.0.3 >/dev/null

cat >"$dir/probe.mjs" <<'PROBE'
import matter from "gray-matter";

const broken = "---\nscope: [personal\n---\nMy diary\n";
function read(text, ...options) {
  try {
    const { data, content } = matter(text, ...options);
    return JSON.stringify({ data, content });
  } catch {
    return "raised";
  }
}
console.log(`broken, first: ${read(broken)}`);
console.log(`broken, second: ${read(broken)}`);
console.log(`broken, with options: ${read(broken, {})}, ${read(broken, {})}`);

const template = "---\nowner: nobody\n---\nFill me in\n";
for (const options of [[], [{}]]) {
  matter(template, ...options).data.owner = "ann";
  const how = options.length ? "with options" : "without";
  console.log(`after a change ${how}: ${matter(template, ...options).data.owner}`);
}
PROBE

cat >"$dir/expected" <<'EXPECTED'
broken, first: raised
broken, second: {"data":{},"content":"---\nscope: [personal\n---\nMy diary\n"}
broken, with options: raised, raised
after a change without: ann
after a change with options: nobody
EXPECTED

node "$dir/probe.mjs" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the memory of earlier results no longer holds as written above." >&2
    exit 1
fi
