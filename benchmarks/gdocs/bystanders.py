"""Whether /superthread notices that Google hangs, or is gone, while 60 callers wait for it.

Runs with callers of Google and runs without them take turns, on the same hub; the response cache is
off, so that every request needs a worker thread and the database.
"""

import argparse
import statistics
import time
from collections import Counter
from http import HTTPStatus

from benchmarks.gdocs.callers import CALLERS, SPREAD, calling
from benchmarks.gdocs.hubs import DoubleProcess, hub
from benchmarks.http.connection import request
from benchmarks.http.load import Outcome, open_loop
from testing.servers.hub import HubServer, free_port

OK = HTTPStatus.OK
RATE = 50  # requests a second to /superthread
SETTLE = SPREAD + 1  # seconds until all of them wait


def main(options: argparse.Namespace) -> None:
    if options.google in {"hangs", "both"}:
        with DoubleProcess(3600) as hung:
            compare("hangs", hung.root, options)
    if options.google in {"gone", "both"}:
        compare("is gone", f"http://127.0.0.1:{free_port()}/", options)


def compare(what: str, root: str, options: argparse.Namespace) -> None:
    variables = {"GOOGLE_DOCS_TIMEOUT": SPREAD, "GOOGLE_DOCS_DEADLINE": SPREAD}
    with hub(root, database=options.database, HUB_RESPONSE_CACHE="0", **variables) as server:
        # Of two people: a token has only so many requests under way.
        token, theirs = (server.token(f"{name}@example.com") for name in ("bench", "caller"))
        superthread(server, token, 2)
        alone, beside, told = [], [], Counter()
        for _ in range(options.pairs):
            alone.append(superthread(server, token, options.seconds))
            with calling(server.url, theirs, told):
                time.sleep(SETTLE)
                beside.append(superthread(server, token, options.seconds))
    pairs = f"{options.pairs} pairs of {options.seconds:g} s, {RATE} requests a second"
    print(f"Google {what}, {options.database}: {pairs}")
    show("/superthread alone", alone)
    show(f"with {CALLERS} callers of Google", beside)
    worse = [
        with_.percentile(99) - without.percentile(99)
        for without, with_ in zip(alone, beside, strict=True)
    ]
    print(f"  p99 of a pair differs by {statistics.median(worse):+.1f} ms (median;"
          f" {min(worse):+.1f} to {max(worse):+.1f})")  # fmt: skip
    print(f"  the callers got {dict(told)}")


def superthread(server: HubServer, token: str, seconds: float) -> Outcome:
    asked = request("GET", "/superthread/memories?limit=10", token)
    return open_loop(server.port, lambda: asked, rate=RATE, seconds=seconds)


def show(label: str, runs: list[Outcome]) -> None:
    """Percentiles over all runs: one of five seconds has two requests beyond its 99th."""
    whole = Outcome()
    for run in runs:
        whole.latencies += run.latencies
        whole.statuses += run.statuses
        whole.failures += run.failures
    others = {status: count for status, count in whole.statuses.items() if status != OK}
    ranks = "".join(f"p{rank:g} {whole.percentile(rank):6.1f} ms   " for rank in (50, 99, 99.9))
    print(f"  {label:30} {ranks}{whole.failures + sum(others.values())} errors {others or ''}")
