#!/bin/sh
# Two frameworks hand a failed MCP call over as an ordinary result.
#
# One would expect: a tool result with isError raises in the client, or stays marked as an error,
# so that code can tell "no such memory" from a memory with these words.
#
# What happens (langchain-mcp-adapters 0.3.2, openai-agents 0.24.0, both with mcp 1.30.0, seen
# 2026-11-28): called with arguments, a tool of the first returns the error's text as it returns
# any text; only called with a whole tool call does the message carry the status "error". The tool
# of the second gives the model the text alone. Results without a block (an empty list, None)
# become an empty list in both: the structured content, where the server says that it found
# nothing, is not shown.
#
# Who builds on it: a server's error texts begin with a word like "Error", and an empty result is
# answered with a sentence.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    langchain-mcp-adapters==0.3.2 \
    openai-agents==0.24.0 \
    mcp==1.30.0

cat >"$dir/probe.py" <<'PROBE'
import asyncio
import os
import pathlib
import re
import sys

from agents.mcp import MCPServerStdio, MCPUtil
from agents.tool_context import ToolContext
from langchain_mcp_adapters.client import MultiServerMCPClient

SERVER = '''
from mcp.server.fastmcp import FastMCP
from mcp.types import CallToolResult, TextContent

server = FastMCP("memories", log_level="ERROR")


@server.tool()
def found() -> str:
    return "I like tea"


@server.tool()
def failed() -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text="no such memory")], isError=True)


@server.tool()
def nothing() -> list[str]:
    return []


server.run()
'''
path = pathlib.Path(os.environ["SCRATCH"], "server.py")
path.write_text(SERVER)
COMMAND = {"command": sys.executable, "args": [str(path)]}


def plain(result):
    """Without the ids that differ from call to call."""
    return re.sub(r", 'id': '[^']*'", "", str(result))


async def langchain():
    client = MultiServerMCPClient({"memories": {**COMMAND, "transport": "stdio"}})
    for tool in await client.get_tools():
        print(f"langchain {tool.name}, arguments: {plain(await tool.ainvoke({}))}")
        call = {"type": "tool_call", "id": "1", "name": tool.name, "args": {}}
        message = await tool.ainvoke(call)
        print(f"langchain {tool.name}, tool call: {plain(message.content)}, {message.status}")


async def agents():
    async with MCPServerStdio(params=COMMAND) as server:
        for tool in await server.list_tools():
            call = {"tool_name": tool.name, "tool_call_id": "1", "tool_arguments": "{}"}
            context = ToolContext(context=None, **call)
            result = await MCPUtil.invoke_mcp_tool(server, tool, context, "{}")
            print(f"agents {tool.name}: {plain(result)}")


asyncio.run(langchain())
asyncio.run(agents())
PROBE

cat >"$dir/expected" <<'EXPECTED'
langchain found, arguments: [{'type': 'text', 'text': 'I like tea'}]
langchain found, tool call: [{'type': 'text', 'text': 'I like tea'}], success
langchain failed, arguments: [{'type': 'text', 'text': 'no such memory'}]
langchain failed, tool call: [{'type': 'text', 'text': 'no such memory'}], error
langchain nothing, arguments: []
langchain nothing, tool call: [], success
agents found: {'type': 'text', 'text': 'I like tea'}
agents failed: {'type': 'text', 'text': 'no such memory'}
agents nothing: []
EXPECTED

SCRATCH="$dir" "$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the look of failed calls no longer holds as written above." >&2
    exit 1
fi
