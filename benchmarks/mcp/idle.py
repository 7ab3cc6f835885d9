"""Memory of a worker that clients cost which are connected and ask for nothing."""

import asyncio
import itertools
import re
from pathlib import Path

from benchmarks.http.connection import Connection
from benchmarks.http.contenders import Contender
from benchmarks.mcp.calls import message

CLIENTS, FIRST = 100, 2
WANTED = {"notifications": {"resourcesListChanged": True}}
SETTLED = 2.0  # seconds


def measure(hub: Contender, tokens: list[str]) -> dict[str, float]:
    """Megabytes of the worker for 100 clients that have asked what is there, and for 100 that also
    listen to changes; before, two come and go."""
    return asyncio.run(_measured(hub, tokens))


async def _measured(hub: Contender, tokens: list[str]) -> dict[str, float]:
    (process,) = hub.server.workers()
    for connection in await _come(hub, tokens, FIRST, listening=True):
        connection.close()
    grown = {}
    for name, listening in (("connected", False), ("listening", True)):
        before = await _settled(process)
        opened = await _come(hub, tokens, CLIENTS, listening=listening)
        grown[name] = await _settled(process) - before
        for connection in opened:
            connection.close()
    return grown


async def _come(
    hub: Contender, tokens: list[str], count: int, *, listening: bool
) -> list[Connection]:
    """So many clients, each with what it begins with behind it."""
    opened = []
    for token in itertools.islice(itertools.cycle(tokens), count):
        connection = await Connection.open(hub.port)
        for method in ("server/discover", "tools/list"):
            status, _ = await connection.ask(message(token, method, {}))
            if status != 200:
                raise RuntimeError(f"{method}: {status}")
        if listening:
            listen = message(token, "subscriptions/listen", WANTED)
            answered = connection.ask(listen)
            answered.add_done_callback(asyncio.Future.exception)  # closed at the end, as meant
            await asyncio.sleep(0.02)
            if answered.done():
                raise RuntimeError(f"not listened to: {answered.result()}")
        opened.append(connection)
    return opened


async def _settled(process: int) -> float:
    """Megabytes of memory of a process that are its own."""
    await asyncio.sleep(SETTLED)
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(kb) for kb in re.findall(r"Private_\w+:\s+(\d+)", told)) / 1024
