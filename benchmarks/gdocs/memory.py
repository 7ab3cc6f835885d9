"""What Google's client costs in memory: hubs with it and hubs without, after the same work.

PSS (/proc/…/smaps_rollup) counts what processes share once: the sum over master and workers is what
the hub needs of the machine.
"""

import argparse
import asyncio
import statistics
from pathlib import Path

import httpx

from benchmarks.gdocs.hubs import DoubleProcess, hub
from testing.servers.hub import HubServer

ROUNDS, READERS = 8, 20
GOAL_MB = 10


def main(options: argparse.Namespace) -> None:
    workers = options.workers
    with DoubleProcess(0.02) as double:
        without, loaded, used = [], [], []
        for _ in range(options.hubs):
            without.append(after_work("", workers)[1])
            begun, ended = after_work(double.root, workers)
            loaded.append(begun)
            used.append(ended)
    base = statistics.median(without)
    rows = {"without Google": base, "with its client": statistics.median(loaded)}
    rows["after calls of it"] = statistics.median(used)
    print(f"PSS of a hub with {workers} workers, median of {options.hubs}")
    for label, total in rows.items():
        print(f"  {label:20}{total:8.1f} MB   a worker {(total - base) / workers:+6.1f} MB")
    verdict = "ok" if (rows["after calls of it"] - base) / workers <= GOAL_MB else "EXCEEDED"
    print(f"  goal: {GOAL_MB} MB a worker {verdict}")


def after_work(root: str, workers: int) -> tuple[float, float]:
    """Megabytes after work on memories, and after calls of Google as well, if there is one."""
    with hub(root, workers) as server:
        token = server.token("bench@example.com")
        work(server, token, "/superthread/memories?limit=5")
        begun = pss_mb(server)
        if root:
            work(server, token, f"/google-docs/memories/{'x' * 33}")
        work(server, token, "/superthread/memories?limit=5")
        return begun, pss_mb(server)


def work(server: HubServer, token: str, path: str) -> None:
    asyncio.run(_work(server, token, path))


async def _work(server: HubServer, token: str, path: str) -> None:
    # A connection for each request: every worker gets some.
    limits = httpx.Limits(max_keepalive_connections=0)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=server.url, headers=headers, limits=limits, timeout=60
    ) as client:
        for _ in range(ROUNDS * len(server.workers())):
            await asyncio.gather(*(client.get(path) for _ in range(READERS)))


def pss_mb(server: HubServer) -> float:
    """The proportional set size of the master and its workers (Linux)."""
    assert server.process
    total = 0
    for pid in (server.process.pid, *server.workers()):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
