"""Everything Prometheus scrapes, from the shared tables: the same whichever worker answers."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from isal import igzip

from memory_hub.caching import registry
from memory_hub.core import installed
from memory_hub.core.metrics import Family
from memory_hub.server import recycling
from monitoring.models import WorkerProcess
from monitoring.record import pools
from monitoring.record.measure import measure_time
from monitoring.show.exposition import render_durations, render_families
from monitoring.store import tables

# A scrape is given up after ten seconds, as Prometheus has it.
SLOW_MS = 2_000


def render() -> bytes:
    """Return the whole exposition."""
    with measure_time("monitoring.metrics", threshold_ms=SLOW_MS):
        lines = [*render_families(families()), *render_durations(tables.history()), b""]
        return b"\n".join(lines)


def compressed(text: bytes) -> bytes:
    """Return the exposition as gzip: its lines are so alike that it is a twentieth."""
    return igzip.compress(text, mtime=0)


def families() -> Iterator[Family]:
    """Yield all counters and gauges that are not about requests."""
    yield Family(
        "memory_hub_info",
        "gauge",
        "What this hub is.",
        [({"version": settings.VERSION, "database": connection.vendor}, 1)],
    )
    yield from worker_families()
    yield from pool_families()
    yield from cache_families()
    for families_of_app in installed.imported("metrics"):
        yield from families_of_app()


def worker_families() -> Iterator[Family]:
    """Yield workers by state, what they need of the machine, and what was lost."""
    ledger = tables.current_ledger()
    workers = list(WorkerProcess.objects.filter(ended_at=None))
    states = dict.fromkeys(("live", "silent", "lost"), 0)
    for worker in workers:
        states[worker.state] += 1
    yield Family(
        "memory_hub_workers",
        "gauge",
        "Worker processes by state.",
        [({"state": state}, count) for state, count in states.items()],
    )
    yield _single("memory_hub_statistics_epoch", "gauge", "Resets so far.", ledger.epoch)
    yield _single(
        "memory_hub_workers_lost_total",
        "counter",
        "Workers that ended without a last report.",
        ledger.workers_lost,
    )
    yield _single(
        "memory_hub_workers_replaced_total",
        "counter",
        "Workers of this host that large requests had left too large.",
        recycling.replaced(),
    )
    live = [worker for worker in workers if worker.state == "live"]
    for name, kind, text, field in _OF_A_WORKER:
        samples = [
            ({"host": worker.host, "pid": str(worker.pid)}, getattr(worker, field))
            for worker in live
        ]
        yield Family(name, kind, text, samples)


_OF_A_WORKER = (
    ("process_resident_memory_bytes", "gauge", "Resident memory.", "memory_bytes"),
    ("process_cpu_seconds_total", "counter", "User and system CPU time.", "cpu_seconds"),
    ("process_open_fds", "gauge", "Open file descriptors.", "open_files"),
    (
        "memory_hub_open_streams",
        "gauge",
        "Answers that go on: streams of events and long files.",
        "open_streams",
    ),
    (
        "memory_hub_access_lines_dropped_total",
        "counter",
        "Access log lines dropped because nobody read them.",
        "lines_dropped",
    ),
)


def pool_families() -> Iterator[Family]:
    """Yield the pools of all live workers together; nothing for a database without a pool."""
    stats = pools.of_all_workers()
    for field in pools.SUMMED:
        yield Family(
            f"memory_hub_pool_{field}",
            "gauge",
            f"Database connections: {field.replace('_', ' ')}.",
            [
                ({"database": alias}, pool[field])
                for alias, pool in stats.items()
                if pool.get(field) is not None
            ],
        )


def cache_families() -> Iterator[Family]:
    """Yield the caches of this host, summed over its processes."""
    caches = registry.describe()
    for field, kind, text in _OF_A_CACHE:
        suffix = "_total" if kind == "counter" else ""
        samples = [({"cache": cache["name"]}, cache[field]) for cache in caches]
        yield Family(f"memory_hub_cache_{field}{suffix}", kind, text, samples)


_OF_A_CACHE = (
    ("hits", "counter", "Look-ups answered from a cache."),
    ("misses", "counter", "Look-ups that a cache could not answer."),
    ("evictions", "counter", "Entries that made room for others."),
    ("expired", "counter", "Entries whose time was over."),
    ("invalidations", "counter", "Entries that a write made untrue."),
    ("entries", "gauge", "Entries in a cache."),
    ("max_entries", "gauge", "Entries a cache has room for."),
)


def _single(name: str, kind: str, text: str, value: float) -> Family:
    return Family(name, kind, text, [({}, value)])
