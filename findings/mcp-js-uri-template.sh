#!/bin/sh
# The resource templates of the JavaScript MCP SDK do not read what they write.
#
# One would expect: UriTemplate.match() undoes UriTemplate.expand(), values come back decoded, and
# parameters behind a question mark are optional and come in any order, as RFC 6570 makes them.
#
# What happens (@modelcontextprotocol/sdk 1.32.2, seen 2026-11-28):
# - match() leaves the values escaped: "a b" comes back as "a%20b", Korean as its bytes. A server
#   that looks a note up by the matched name does not find it;
# - with {?limit,kind} an address matches only if both are there, in this order. Without them,
#   with one of them or turned round the server knows no such resource;
# - {/a,b} is written as "x,y", where RFC 6570 (3.2.6) has a slash before each.
# The Python servers (mcp 2.3.0, fastmcp 4.2.3) decode and take the parameters as optional.
#
# Who builds on it: decode matched values oneself, and have one template for each set of
# parameters.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cd "$dir"
npm install --silent --no-audit --no-fund --prefix "$dir" @modelcontextprotocol/sdk@1.32.2 >/dev/null

cat >"$dir/probe.mjs" <<'PROBE'
import { UriTemplate } from "@modelcontextprotocol/sdk/shared/uriTemplate.js";

const note = new UriTemplate("memo://note/{name}");
for (const name of ["tea", "green tea", "차", "a/b"]) {
  const address = note.expand({ name });
  console.log(`${name} -> ${address} -> ${note.match(address).name}`);
}

const list = new UriTemplate("memo://list/{team}{?limit,kind}");
for (const query of ["", "?limit=5", "?kind=note", "?kind=note&limit=5", "?limit=5&kind=note"]) {
  const found = list.match(`memo://list/blue${query}`);
  console.log(`memo://list/blue${query}: ${found === null ? "no match" : JSON.stringify(found)}`);
}
console.log(list.expand({ team: "blue", kind: "note" }));
console.log(new UriTemplate("memo://tree{/a,b}").expand({ a: "x", b: "y" }));
PROBE

cat >"$dir/expected" <<'EXPECTED'
tea -> memo://note/tea -> tea
green tea -> memo://note/green%20tea -> green%20tea
차 -> memo://note/%EC%B0%A8 -> %EC%B0%A8
a/b -> memo://note/a%2Fb -> a%2Fb
memo://list/blue: no match
memo://list/blue?limit=5: no match
memo://list/blue?kind=note: no match
memo://list/blue?kind=note&limit=5: no match
memo://list/blue?limit=5&kind=note: {"team":"blue","limit":"5","kind":"note"}
memo://list/blue?kind=note
memo://treex,y
EXPECTED

node "$dir/probe.mjs" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the behaviour of UriTemplate no longer holds as written above." >&2
    exit 1
fi
