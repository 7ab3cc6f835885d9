#!/bin/sh
# The same tools on two MCP servers for Python: other names of fields, other blocks of content.
#
# One would expect: mcp.server.MCPServer and fastmcp.FastMCP, whose decorators look alike, publish
# and answer the same for the same functions.
#
# What happens (mcp 2.3.0, fastmcp 4.2.3, pydantic 2.14.4, seen 2026-11-28):
# - a model with an alias: mcp publishes and answers "memoryId", fastmcp "memory_id" (and both
#   publish "memoryId" for arguments, so what one tool of fastmcp gives out another does not
#   take);
# - a list of two texts: mcp makes two blocks of content, fastmcp one with JSON in it;
# - `-> dict` without types: mcp gives no structured content, fastmcp gives it;
# - an argument the tool does not have: mcp drops it without a word, fastmcp refuses the call. A
#   misspelt optional filter is therefore no filter in mcp.
# - an empty list and None: both send no block at all, so a client that shows the model only the
#   blocks shows it nothing.
#
# Who builds on it: changing the server library is a change of the contract. Clients of both
# should read the structured content, and servers should answer empty results with a sentence.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    mcp==2.3.0 \
    fastmcp==4.2.3 \
    pydantic==2.14.4

cat >"$dir/probe.py" <<'PROBE'
import asyncio
import logging

import fastmcp
import mcp
from mcp.server import MCPServer
from pydantic import BaseModel, Field

logging.disable(logging.CRITICAL)


class Memory(BaseModel):
    memory_id: int = Field(alias="memoryId")


def stored(memory: Memory) -> Memory:
    return memory


def names() -> list[str]:
    return ["tea", "coffee"]


def counts() -> dict:
    return {"tea": 1}


def nothing() -> list[str]:
    return []


def missing() -> str | None:
    return None


def search(team: str = "all") -> str:
    return f"searched {team}"


async def ask(name, client, **options):
    async with client as session:
        for tool, arguments in (
            ("stored", {"memory": {"memoryId": 7}}),
            ("names", {}),
            ("counts", {}),
            ("nothing", {}),
            ("missing", {}),
            ("search", {"teem": "blue"}),
        ):
            result = await session.call_tool(tool, arguments, **options)
            if result.is_error:
                print(f"{name} {tool}: refused")
                continue
            blocks = ["".join(block.text.split()) for block in result.content]
            print(f"{name} {tool}: blocks {blocks}, structured {result.structured_content}")


official, other = MCPServer("official"), fastmcp.FastMCP("other")
for tool in (stored, names, counts, nothing, missing, search):
    official.tool()(tool)
    other.tool(tool)
asyncio.run(ask("mcp", mcp.Client(official)))
asyncio.run(ask("fastmcp", fastmcp.Client(other), raise_on_error=False))
PROBE

cat >"$dir/expected" <<'EXPECTED'
mcp stored: blocks ['{"memoryId":7}'], structured {'memoryId': 7}
mcp names: blocks ['tea', 'coffee'], structured {'result': ['tea', 'coffee']}
mcp counts: blocks ['{"tea":1}'], structured None
mcp nothing: blocks [], structured {'result': []}
mcp missing: blocks [], structured {'result': None}
mcp search: blocks ['searchedall'], structured {'result': 'searched all'}
fastmcp stored: blocks ['{"memory_id":7}'], structured {'memory_id': 7}
fastmcp names: blocks ['["tea","coffee"]'], structured {'result': ['tea', 'coffee']}
fastmcp counts: blocks ['{"tea":1}'], structured {'tea': 1}
fastmcp nothing: blocks [], structured {'result': []}
fastmcp missing: blocks [], structured {'result': None}
fastmcp search: refused
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the difference between the two servers no longer holds as written above." >&2
    exit 1
fi
