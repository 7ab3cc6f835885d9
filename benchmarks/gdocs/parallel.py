"""The endpoints whose calls of Google go out side by side."""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from benchmarks.gdocs.hubs import DoubleProcess, hub
from benchmarks.http.connection import Connection, request
from testing.servers.hub import HubServer

CALL_MS = 100
READERS = 20


def main(options: argparse.Namespace) -> None:
    with DoubleProcess(CALL_MS / 1000) as double, hub(double.root) as server:
        asyncio.run(Store(server, server.token("bench@example.com")).measure(options.repeats))


class Store:
    """The Google Docs of one hub as a client asks for them."""

    def __init__(self, server: HubServer, token: str) -> None:
        self.server, self.token = server, token
        self.client = httpx.AsyncClient(
            base_url=f"{server.url}/google-docs/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )

    async def measure(self, repeats: int) -> None:
        async with self.client:
            await self.fresh(READERS)
            batches = [await self.fresh(READERS) for _ in range(repeats + 1)]
            readers = [await Connection.open(self.server.port) for _ in range(READERS)]
            await self.read(readers, batches.pop())  # opens the connections to Google
            rows: list[tuple[str, Callable[[int], Awaitable[Any]]]] = [
                (
                    f"{READERS} memories read at once ({READERS * 2} calls)",
                    lambda number: self.read(readers, batches[number]),
                ),
                ("list of 20 with contents (1 call, then 20)", self.list_20),
                (
                    "save one (2 calls in a row)",
                    lambda n: self.post("memories", {"content": f"{n}"}),
                ),
                ("batch/save of 100", lambda n: self.fresh(100)),
            ]
            for label, call in rows:
                took = [await timed(call(number)) for number in range(repeats)]
                print(f"{label:48}{statistics.median(took):8.0f} ms   worst {max(took):6.0f} ms")
            for reader in readers:
                reader.close()

    async def read(self, readers: list[Connection], doc_ids: list[str]) -> None:
        """By a client that costs next to nothing: it has the same two processors."""
        asked = [
            reader.ask(request("GET", f"/google-docs/memories/{doc_id}", self.token))
            for reader, doc_id in zip(readers, doc_ids, strict=True)
        ]
        assert {status for status, _ in await asyncio.gather(*asked)} == {200}

    async def list_20(self, number: int) -> None:
        answer = await self.client.get("memories", params={"limit": 20, "include": "content"})
        assert answer.json()["count"] == 20

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    async def fresh(self, count: int) -> list[str]:
        body = {"memories": [{"content": f"memory {n}"} for n in range(count)]}
        results = (await self.post("batch/save", body))["results"]
        return [result["doc_id"] for result in results]


async def timed(call: Awaitable[Any]) -> float:
    """Milliseconds until it is done."""
    began = time.perf_counter()
    await call
    return (time.perf_counter() - began) * 1000
