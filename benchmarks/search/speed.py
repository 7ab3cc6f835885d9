"""Latencies of searching spliced memories over HTTP, and what the index costs."""

import threading
import time
from itertools import islice

import httpx

from benchmarks.search import corpus
from benchmarks.search.hub import Hub, running_hub

QUERIES = 200  # per client and round
CLIENTS = (1, 8)
SENTENCES = 200  # indexed one by one


def measure_speed(database: str, size: int, workers: int) -> None:
    """Fill a hub with `size` memories and print a table."""
    texts = list(corpus.memories(size))
    with running_hub(database, workers) as hub:
        started = time.perf_counter()
        hub.fill({"content": text, "category": "bench"} for text in texts)
        seconds = time.perf_counter() - started
        inside = hub.measure({"content": text} for text in _sentences(texts))
        mean = sum(len(text.encode()) for text in texts) / size
        print(f"\n{database}, {size:,} memories of {mean:.0f} bytes, {workers} workers")
        print(f"  saving them all, 1 000 a batch      {seconds:9.1f} s")
        print(f"  indexing one sentence, p50 / p95    {_percentiles(inside['index_ms'])} ms")
        print(f"  index per memory                    {inside['bytes_per_memory']:9.0f} bytes")
        for clients in CLIENTS:
            _round(hub, texts, clients, seed=1)  # warms caches and connections
            times, seconds = _round(hub, texts, clients, seed=2)
            rate = len(times) / seconds
            label = f"search, {clients} client{'s' if clients > 1 else ''}, p50 / p95"
            print(f"  {label:36}{_percentiles(times)} ms  {rate:7.1f} searches/s")


def _sentences(texts: list[str]) -> list[str]:
    short = (f"{text[:100]} {number}" for number, text in enumerate(texts) if len(text) < 400)
    return list(islice(short, SENTENCES))


def _round(hub: Hub, texts: list[str], clients: int, seed: int) -> tuple[list[float], float]:
    """All clients ask at once, each its own queries; milliseconds of each, seconds of all."""
    times: list[float] = []

    def ask(number: int) -> None:
        headers, url = hub.client.headers, hub.server.url
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            for query in corpus.queries(QUERIES, texts, seed=seed * 100 + number):
                started = time.perf_counter()
                hub.search(client, query=query)
                times.append((time.perf_counter() - started) * 1000)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, time.perf_counter() - started


def _percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
    return f"{p50:9.1f} /{p95:7.1f}"
