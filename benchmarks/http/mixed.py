"""The day-to-day mix at a steady rate: latencies as users would meet them, and the hit rate."""

import argparse
from collections import Counter
from contextlib import ExitStack

import httpx

from benchmarks.http.contenders import Contender, Field, postgres
from benchmarks.http.load import PERCENTILES, Requests, open_loop
from benchmarks.http.report import bad
from benchmarks.http.scenarios import mix


def arguments_of_mixed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")


def mixed(options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        durable = options.database == "postgresql"
        server = stack.enter_context(postgres()) if durable else None
        field = stack.enter_context(Field(server, options.memories))
        hub = field.hub("hub", workers=options.workers, cache=True)
        asked: Counter[bytes] = Counter()
        requests = _noting(mix(hub), asked)
        outcome = open_loop(hub.port, requests, rate=options.rate, seconds=options.seconds)
        print(f"{len(outcome.latencies):,} answers, statuses {dict(outcome.statuses)}")
        print(", ".join(f"p{p:g} {outcome.percentile(p):.1f} ms" for p in PERCENTILES))
        print(f"not 2xx or lost: {bad(outcome)}; resident memory {hub.resident_mb():.0f} MB")
        print(f"hit rate of the response cache: {hit_rate(hub):.1%}")
        print(f"asked for before, by anyone: {1 - len(asked) / asked.total():.1%}")


def _noting(requests: Requests, asked: Counter[bytes]) -> Requests:
    """The same requests; counts in `asked` those that a cache may answer."""

    def next_request() -> bytes:
        request = requests()
        if request.startswith(b"GET "):
            asked[request] += 1
        return request

    return next_request


def hit_rate(hub: Contender) -> float:
    """Hits of kept answers per look-up, over all workers."""
    token = hub.staff_token()
    answer = httpx.get(
        f"http://127.0.0.1:{hub.port}/monitoring/cache",
        headers={"Authorization": f"Bearer {token}"},
    )
    rows = {row["name"]: row for row in answer.json()["caches"]}
    return rows["responses"]["hit_rate"]
