"""Google Docs: how parallel the calls are, what they cost, and that a slow Google hurts nobody.

A double stands in for Google, in a process of its own, and takes 100 ms for every call. The hub
is a real one: gunicorn with one worker.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from memory_hub.testing.server import HubServer

AMPLE = 10**9
CALL_MS = 100


class DoubleProcess:
    """`python -m google_docs.tests.double`; a context manager with its address as `root`."""

    def __init__(self, latency: float) -> None:
        command = [sys.executable, "-m", "google_docs.tests.double", "--latency", str(latency)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.root = self.process.stdout.readline().strip().partition("=")[2]

    def __enter__(self) -> "DoubleProcess":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(10)


def hub(directory: Path, root: str, **variables: Any) -> HubServer:
    """A hub with one worker whose Google is the double; the limits do not matter here."""
    return HubServer(
        directory,
        workers=1,
        GOOGLE_API_ROOT=root,
        GOOGLE_DRIVE_UNITS_PER_MINUTE=AMPLE,
        GOOGLE_DOCS_READS_PER_MINUTE=AMPLE,
        GOOGLE_DOCS_WRITES_PER_MINUTE=AMPLE,
        HUB_RATE_LIMIT="off",
        **variables,
    )


def rss_mb(pid: int) -> float:
    """Resident memory of a process in MB (Linux)."""
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line
    )
    return int(line.split()[1]) / 1024


def worker_of(server: HubServer) -> int:
    """The process id of the only worker."""
    assert server.process
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return int(children.read_text().split()[0])


async def timed(repeats: int, call: Callable[[int], Awaitable[Any]]) -> tuple[float, float]:
    """Median and worst of some runs, in ms."""
    took = []
    for number in range(repeats):
        began = time.perf_counter()
        await call(number)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), max(took)


async def parallelism(client: httpx.AsyncClient, repeats: int) -> None:
    """The endpoints whose calls go out side by side."""

    async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await client.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    async def fresh(count: int) -> list[str]:
        body = {"memories": [{"content": f"memory {n}"} for n in range(count)]}
        results = (await post("batch/save", body))["results"]
        return [result["doc_id"] for result in results]

    await fresh(20)
    batches = [await fresh(20) for _ in range(repeats)]

    async def read_20(number: int) -> None:
        answers = await asyncio.gather(*(client.get(f"memories/{i}") for i in batches[number]))
        assert {answer.status_code for answer in answers} == {200}

    async def list_20(number: int) -> None:
        answer = await client.get("memories", params={"limit": 20, "include": "content"})
        assert answer.json()["count"] == 20

    rows: list[tuple[str, Callable[[int], Awaitable[Any]]]] = [
        ("20 memories read at once (40 calls)", read_20),
        ("list of 20 with contents (1 call, then 20)", list_20),
        ("save one (2 calls in a row)", lambda n: post("memories", {"content": f"{n}"})),
        ("batch/save of 100", lambda n: fresh(100)),
    ]
    for label, call in rows:
        median, worst = await timed(repeats, call)
        print(f"{label:48} {median:8.0f} ms   worst {worst:6.0f} ms")


async def latencies(client: httpx.AsyncClient, seconds: float) -> list[float]:
    """Response times in ms of /superthread, asked by 8 clients for some seconds."""
    end, took = time.perf_counter() + seconds, []

    async def ask() -> None:
        while time.perf_counter() < end:
            began = time.perf_counter()
            answer = await client.get("/superthread/memories")
            answer.raise_for_status()
            took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(ask() for _ in range(8)))
    return took


def told(label: str, took: list[float]) -> None:
    cuts = statistics.quantiles(took, n=100)
    print(f"{label:48} {cuts[49]:8.1f} ms   p99 {cuts[98]:8.1f} ms   {len(took)} answers, 0 errors")


async def bystanders(server: HubServer, token: str, seconds: float) -> None:
    """Whether /superthread notices that Google hangs while 60 callers wait for it."""
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(
        base_url=server.url, headers=headers, timeout=60, limits=limits
    ) as client:
        await latencies(client, 1)
        told("/superthread alone", await latencies(client, seconds))

        async def wait_for_google() -> int:
            return (await client.get("/google-docs/memories/" + "1" * 44)).status_code

        waiting = [asyncio.create_task(wait_for_google()) for _ in range(60)]
        await asyncio.sleep(0.5)
        told("/superthread while Google hangs", await latencies(client, seconds))
        statuses = await asyncio.gather(*waiting)
        print(f"{'the callers of Google got':48} {sorted(set(statuses))}")


def measure(repeats: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        for name in ("quick", "hung"):
            (directory / name).mkdir()
        with DoubleProcess(CALL_MS / 1000) as double, hub(directory / "quick", double.root) as up:
            token = up.token("bench@example.com")
            headers = {"Authorization": f"Bearer {token}"}
            httpx.get(f"{up.url}/superthread/memories", headers=headers).raise_for_status()
            before = rss_mb(worker_of(up))
            httpx.get(f"{up.url}/google-docs/health", headers=headers).raise_for_status()
            print(f"{'the worker before and after its first call':48} "
                  f"{before:8.1f} MB   {rss_mb(worker_of(up)):8.1f} MB")  # fmt: skip

            async def run() -> None:
                async with httpx.AsyncClient(
                    base_url=f"{up.url}/google-docs/", headers=headers, timeout=60
                ) as client:
                    await parallelism(client, repeats)

            asyncio.run(run())
            print(f"{'the worker after all of this':48} {rss_mb(worker_of(up)):8.1f} MB")
        variables = {"GOOGLE_DOCS_TIMEOUT": "30", "GOOGLE_DOCS_DEADLINE": str(seconds + 3)}
        with DoubleProcess(3600) as dead, hub(directory / "hung", dead.root, **variables) as up:
            asyncio.run(bystanders(up, up.token("bench@example.com"), seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of each /superthread run")
    options = parser.parse_args()
    measure(options.repeats, options.seconds)


if __name__ == "__main__":
    main()
