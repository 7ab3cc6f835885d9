"""Other servers of the protocol, with the same memories."""

import asyncio
import itertools
import subprocess
import time
from pathlib import Path

import httpx

from benchmarks.http.connection import Connection
from benchmarks.http.contenders import Contender, Field
from benchmarks.http.dataset import memories, queries
from benchmarks.http.load import Requests
from benchmarks.http.peers import basic_memory
from benchmarks.http.pythons import BENCHMARKS, made_python
from benchmarks.mcp.calls import READ, RESULTS, SEARCH, of_tools, posted, turns
from benchmarks.processor import wait_for_rest
from testing.servers.hub import free_port

OFFICIAL, BASIC_MEMORY = "official SDK", basic_memory.NAME
BOTH = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
NOT_FOUND, INDEXED_WITHIN = b"Note Not Found", 1_800.0
HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}


def official(field: Field, count: int) -> tuple[Contender, dict[str, Requests]]:
    """The server of the official SDK (`benchmarks.mcp.official`)."""
    python = made_python("bench-mcp", BENCHMARKS / "mcp" / "requirements.txt")
    more = {"BENCH_MEMORIES": str(count)}
    server = field.foreign(OFFICIAL, "benchmarks.mcp.official:app", more, python=python)
    return server, of_tools("", [str(number) for number in range(count)])


def basic(field: Field, python: str, count: int) -> tuple[Contender, dict[str, Requests]]:
    """basic-memory's server over HTTP, once it has indexed its notes; within one session."""
    home, port = field.directory(), free_port()
    basic_memory.write(home / "notes", field.texts.memories(count))
    program = str(Path(python).with_name("basic-memory"))
    command = [program, "mcp", "--transport", "streamable-http", "--host", "127.0.0.1"]
    process = field.program(
        [*command, "--port", str(port)],
        port,
        basic_memory.variables(home),
        output=subprocess.DEVNULL,
    )
    session = _session(port)
    paths = [f"{one['category']}/Memory {n}" for n, one in enumerate(memories(count))]

    # Of a session: what is asked at once must not have the same.
    ids = itertools.count(2)

    def asking(name: str, arguments: dict[str, object]) -> bytes:
        said = {
            "id": next(ids),
            "method": "tools/call",
            "params": {"name": name, "arguments": arguments},
        }
        return posted("", said, {"Mcp-Session-Id": session})

    calls = {
        READ: turns(paths, lambda one: asking("read_note", {"identifier": _permalink(one)})),
        SEARCH: turns(
            queries(200), lambda one: asking("search_notes", {"query": one, "page_size": RESULTS})
        ),
    }
    _wait(port, [asking("read_note", {"identifier": _permalink(one)}) for one in paths[::-99]])
    wait_for_rest([process], basic_memory.SETTLES_WITHIN)
    return Contender(BASIC_MEMORY, port, "", [], [process]), calls


def _permalink(path: str) -> str:
    return path.lower().replace(" ", "-")


def _session(port: int) -> str:
    """The id of a new session."""
    url = f"http://127.0.0.1:{port}/mcp"
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
    with httpx.Client(headers=BOTH, timeout=120) as client:
        session = client.post(url, json=hello).raise_for_status().headers["Mcp-Session-Id"]
        ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        client.post(url, json=ready, headers={"Mcp-Session-Id": session}).raise_for_status()
    return session


def _wait(port: int, requests: list[bytes]) -> None:
    """Returns once all of these notes are found: it goes on indexing after it answers."""
    deadline = time.monotonic() + INDEXED_WITHIN
    for request in requests:
        while NOT_FOUND in asyncio.run(_asked(port, request)):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{BASIC_MEMORY} did not index its notes")
            time.sleep(2)


async def _asked(port: int, request: bytes) -> bytes:
    connection = await Connection.open(port)
    await connection.ask(request)
    connection.close()
    return connection.body
