#!/bin/sh
# A tool's optional text argument is read as JSON: the text "null" arrives as no text at all.
#
# One would expect: an argument declared `str | None`, published in the schema as a string or
# null, hands every string of the client to the tool. A memory may well be a piece of JSON.
#
# What happens (mcp 2.3.0, server MCPServer, seen 2026-11-28): the server first tries to read the
# string as JSON, unless the parameter is plainly `str`. What reads as a list or an object is
# refused as "not a valid string"; "null" becomes None and the tool runs with its default. The
# same for `str | int`. With `Any` a list in JSON arrives as a list, while a number stays text.
# The schema says nothing of it.
#
# fastmcp 4.2.3, which offers the same decorators, hands all of them over unchanged, and in turn
# refuses a list that a client sends as JSON text, which mcp takes.
#
# Who builds on it: declare texts as plain `str` with "" as the default.
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
from typing import Any

import fastmcp
import mcp
from mcp.server import MCPServer

logging.disable(logging.CRITICAL)
# name of the tool, text sent
CALLS = [
    ("plain", "null"),
    ("optional", "null"),
    ("plain", '{"port": 8080}'),
    ("optional", '{"port": 8080}'),
    ("optional", "8080"),
    ("either", "[1]"),
    ("anything", "[1]"),
    ("anything", "8080"),
    ("several", '["tea"]'),
]


def plain(text: str) -> str:
    return repr(text)


def optional(text: str | None = None) -> str:
    return repr(text)


def either(text: str | int) -> str:
    return repr(text)


def anything(text: Any) -> str:
    return repr(text)


def several(text: list[str]) -> str:
    return repr(text)


async def ask(name, client, **options):
    async with client as session:
        for tool, text in CALLS:
            result = await session.call_tool(tool, {"text": text}, **options)
            answer = "refused" if result.is_error else result.content[0].text
            print(f"{name}: {tool} was sent {text!r}, got {answer}")


official, other = MCPServer("official"), fastmcp.FastMCP("other")
for tool in (plain, optional, either, anything, several):
    official.tool()(tool)
    other.tool(tool)
asyncio.run(ask("mcp", mcp.Client(official)))
asyncio.run(ask("fastmcp", fastmcp.Client(other), raise_on_error=False))
PROBE

cat >"$dir/expected" <<'EXPECTED'
mcp: plain was sent 'null', got 'null'
mcp: optional was sent 'null', got None
mcp: plain was sent '{"port": 8080}', got '{"port": 8080}'
mcp: optional was sent '{"port": 8080}', got refused
mcp: optional was sent '8080', got '8080'
mcp: either was sent '[1]', got refused
mcp: anything was sent '[1]', got [1]
mcp: anything was sent '8080', got '8080'
mcp: several was sent '["tea"]', got ['tea']
fastmcp: plain was sent 'null', got 'null'
fastmcp: optional was sent 'null', got 'null'
fastmcp: plain was sent '{"port": 8080}', got '{"port": 8080}'
fastmcp: optional was sent '{"port": 8080}', got '{"port": 8080}'
fastmcp: optional was sent '8080', got '8080'
fastmcp: either was sent '[1]', got '[1]'
fastmcp: anything was sent '[1]', got '[1]'
fastmcp: anything was sent '8080', got '8080'
fastmcp: several was sent '["tea"]', got refused
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the reading of text arguments as JSON no longer holds as written above." >&2
    exit 1
fi
