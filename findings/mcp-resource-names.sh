#!/bin/sh
# One resource template, one address, two MCP servers for Python, two answers.
#
# One would expect: both match an address against memo://note/{name} by RFC 3986 and RFC 6570. A
# colon, a comma and an ampersand are allowed in a path segment as they are, and a plus sign in a
# query is a plus sign unless a form made it.
#
# What happens (mcp 2.3.0, fastmcp 4.2.3, seen 2026-11-28):
# - both find "user:42", and neither finds "q:42", escaped or not: one letter and a colon is taken
#   for a drive of Windows, also where the name never meets a file system;
# - mcp does not find "a,b" and "a&b", fastmcp does;
# - "a+b" in a query is "a b" for fastmcp and "a+b" for mcp;
# - a query the template does not have hides the resource in mcp, and is ignored in fastmcp;
# - the scheme in capital letters, equal by RFC 3986, is unknown to mcp and known to fastmcp.
# All misses are answered as an unknown resource, like a note that is not there.
#
# Who builds on it: names of notes go into addresses fully escaped (every byte but letters,
# digits, dot, dash, underscore and tilde), and a name that is not the server's own makes a poor
# address: an id is better.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    mcp==2.3.0 \
    fastmcp==4.2.3

cat >"$dir/probe.py" <<'PROBE'
import asyncio
import logging

import fastmcp
import mcp
from mcp.server import MCPServer

logging.disable(logging.CRITICAL)
ADDRESSES = [
    "memo://note/user:42",
    "memo://note/q:42",
    "memo://note/q%3A42",
    "memo://note/a,b",
    "memo://note/a&b",
    "memo://note/tea?version=2",
    "memo://list/1?tag=a+b",
    "memo://list/1?tag=a%2Bb",
    "MEMO://note/tea",
]


def note(name: str) -> str:
    return f"note {name}"


def listed(number: str, tag: str = "none") -> str:
    return f"list {number}, tag {tag}"


async def read(client):
    found = {}
    async with client as session:
        for address in ADDRESSES:
            try:
                result = await session.read_resource(address)
                found[address] = getattr(result, "contents", result)[0].text
            except mcp.MCPError:
                found[address] = "unknown"
    return found


official, other = MCPServer("official"), fastmcp.FastMCP("other")
for server in (official, other):
    server.resource("memo://note/{name}")(note)
    server.resource("memo://list/{number}{?tag}")(listed)
first = asyncio.run(read(mcp.Client(official)))
second = asyncio.run(read(fastmcp.Client(other)))
for address in ADDRESSES:
    print(f"{address}: mcp {first[address]!r}, fastmcp {second[address]!r}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
memo://note/user:42: mcp 'note user:42', fastmcp 'note user:42'
memo://note/q:42: mcp 'unknown', fastmcp 'unknown'
memo://note/q%3A42: mcp 'unknown', fastmcp 'unknown'
memo://note/a,b: mcp 'unknown', fastmcp 'note a,b'
memo://note/a&b: mcp 'unknown', fastmcp 'note a&b'
memo://note/tea?version=2: mcp 'unknown', fastmcp 'note tea'
memo://list/1?tag=a+b: mcp 'list 1, tag a+b', fastmcp 'list 1, tag a b'
memo://list/1?tag=a%2Bb: mcp 'list 1, tag a+b', fastmcp 'list 1, tag a+b'
MEMO://note/tea: mcp 'unknown', fastmcp 'note tea'
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the matching of resource addresses no longer holds as written above." >&2
    exit 1
fi
