"""A client that is cheap enough to leave the machine to the hub: HTTP/1.1 over plain sockets."""

import asyncio
import random
import time
from collections import Counter
from typing import NamedTuple

MAX_HEAD = 65_536


class Call(NamedTuple):
    """A request and the status it must get; ``route`` is the template it counts under."""

    method: str
    path: str
    route: str
    status: int
    body: bytes = b""
    with_token: bool = True


class Outcome(NamedTuple):
    """What the client saw: answers by (route, method, status), seconds of each, wrong ones."""

    counts: Counter[tuple[str, str, int]]
    seconds: list[float]
    unexpected: Counter[tuple[str, int]]
    # Requests without an answer: the worker was killed.
    broken: int


async def send_all(port: int, token: str, calls: list[Call], connections: int = 16) -> Outcome:
    """Send the calls over some connections; a broken one is opened again."""
    waiting = list(calls)
    random.shuffle(waiting)
    outcome = Outcome(Counter(), [], Counter(), 0)
    broken = await asyncio.gather(
        *(_connection(port, token, waiting, outcome) for _ in range(connections))
    )
    return outcome._replace(broken=sum(broken))


async def _connection(port: int, token: str, waiting: list[Call], outcome: Outcome) -> int:
    broken = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MAX_HEAD)
    while waiting:
        call = waiting.pop()
        started = time.perf_counter()
        try:
            status, closes = await _send(reader, writer, call, token)
        except (ConnectionError, asyncio.IncompleteReadError):
            broken += 1
            closes = True
        else:
            outcome.seconds.append(time.perf_counter() - started)
            outcome.counts[call.route, call.method, status] += 1
            if status != call.status:
                outcome.unexpected[call.path, status] += 1
        if closes:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MAX_HEAD)
    writer.close()
    return broken


async def _send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: Call, token: str
) -> tuple[int, bool]:
    head = f"{call.method} {call.path} HTTP/1.1\r\nHost: localhost\r\n"
    if call.with_token:
        head += f"Authorization: Bearer {token}\r\n"
    if call.body or call.method == "POST":
        head += f"Content-Type: application/json\r\nContent-Length: {len(call.body)}\r\n"
    writer.write(head.encode() + b"\r\n" + call.body)
    answer = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = 0
    for line in answer.split(b"\r\n")[1:]:
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    if length and call.method != "HEAD":
        await reader.readexactly(length)
    return int(answer[9:12]), b"connection: close" in answer
