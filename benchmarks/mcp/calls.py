"""The requests that are compared: of REST, of the door, of other servers of the protocol."""

import itertools
import json
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.http.connection import request
from benchmarks.http.dataset import queries
from benchmarks.http.load import Requests

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
RESULTS = 10
READ, SEARCH = "get_memory", "search_memories"
Headers = dict[str, str]


def turns(values: Iterable[str], make: Callable[[str], bytes]) -> Requests:
    """A request for each value, again and again."""
    return itertools.cycle([make(value) for value in values]).__next__


def rest_read(token: str, doc_id: str) -> bytes:
    return request("GET", f"/superthread/memories/{doc_id}", token)


def rest_search(token: str, words: str) -> bytes:
    body = {"query": words, "limit": RESULTS, "scope": "all"}
    return request("POST", "/superthread/search", token, json.dumps(body).encode())


def call(token: str, name: str, arguments: dict[str, Any]) -> bytes:
    """A tool's call as a client of 2026-07-28 sends it."""
    params = {"name": name, "arguments": arguments}
    return message(token, "tools/call", params, {"Mcp-Name": name})


def message(token: str, method: str, params: dict[str, Any], more: Headers | None = None) -> bytes:
    """Any request of 2026-07-28."""
    told = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **(more or {})}
    return posted(token, {"id": 1, "method": method, "params": {**params, "_meta": META}}, told)


def posted(token: str, said: dict[str, Any], headers: Headers, path: str = "/mcp") -> bytes:
    """The bytes of a message."""
    body = json.dumps({"jsonrpc": "2.0", **said}).encode()
    plain = request("POST", path, token, body)
    told = {"Accept": "application/json, text/event-stream", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return plain.replace(b"\r\n\r\n", b"\r\n" + lines.encode() + b"\r\n", 1)


def of_rest(token: str, ids: list[str]) -> dict[str, Requests]:
    """By the tool that does the same."""
    return {
        READ: turns(ids, lambda one: rest_read(token, one)),
        SEARCH: turns(queries(200), lambda one: rest_search(token, one)),
    }


def of_tools(token: str, ids: list[str]) -> dict[str, Requests]:
    """By the tool; of the hub's door, and of the official SDK's server."""
    return {
        READ: turns(ids, lambda one: call(token, READ, {"id": one})),
        SEARCH: turns(queries(200), lambda one: call(token, SEARCH, {"query": one})),
    }
