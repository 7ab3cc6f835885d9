"""Faults of quantity: far too many requests, a long time."""

import time
from pathlib import Path
from statistics import median

from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import Load
from memory_hub.testing.server import HubServer

LEAST_RATE, STEP = 25.0, 1.6  # where the search for the sustainable rate begins, and its factor


def overload(hall: Hall) -> Finding:
    """Five times the rate that the hub sustains."""
    hub = hall.new_hub(workers=2)
    token = hub.token("bench@example.com")
    sustainable = _sustainable(hub, token)
    before = _memory(hub)
    with Load(hub.url, token, rate=5 * sustainable) as load:
        load.wait(max(hall.seconds, 5))
        during = _memory(hub)
    end = time.monotonic()
    with Load(hub.url, token, rate=sustainable / 2) as after:
        after.wait(15)
    failures = [o for o in load.outcomes if o.failed]
    statuses = {o.status for o in failures}
    slow = max((o.took for o in failures), default=0.0)
    normal = all(not o.failed and o.took < 1 for o in after.between(end + 10))
    ok = statuses <= {429, 503} and slow <= 1 and during <= before * 1.2 and normal
    figures = {
        "sustainable_per_s": round(sustainable),
        **summary(load.outcomes),
        "slowest_refusal_ms": round(slow * 1000),
        "memory_growth_percent": round(100 * (during / before - 1), 1),
        "normal_after_10_s": normal,
    }
    return Finding(
        "5 x the sustainable rate", "only 429/503 within 1 s; memory + <= 20 %", ok, figures
    )


def _sustainable(hub: HubServer, token: str) -> float:
    """The highest tried rate at which nothing fails and half of the answers take under 100 ms."""
    rate, best = LEAST_RATE, LEAST_RATE
    while rate < 1000:
        with Load(hub.url, token, rate=rate) as load:
            load.wait(4)
        took = median(o.took for o in load.outcomes)
        if any(o.failed for o in load.outcomes) or took > 0.1:
            break
        best, rate = rate, rate * STEP
    return best


def steady(hall: Hall) -> Finding:
    """Ten minutes of the usual mix, or ``hall.steady`` seconds; the first tenth is warm-up."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(hall.steady / 10)
        memory, descriptors, connections = _memory(hub), _descriptors(hub), _connections(hall)
        load.wait(hall.steady * 9 / 10)
        growth = _memory(hub) / memory - 1
        more = _descriptors(hub) - descriptors
        more_connections = _connections(hall) - connections
    failed = [o for o in load.outcomes if o.failed]
    flat = more <= 10 and more_connections <= 2
    ok = growth <= 0.1 and flat and not failed and not load.wrong
    figures = {
        **summary(load.outcomes),
        "seconds": hall.steady,
        "wrong_answers": len(load.wrong),
        "memory_after_warm_up_mb": round(memory / 2**20),
        "memory_growth_percent": round(100 * growth, 1),
        "descriptors": descriptors,
        "more_descriptors": more,
        "database_connections": connections,
        "more_database_connections": more_connections,
    }
    goal = "memory + <= 10 %, descriptors and connections flat"
    return Finding("a long time", goal, ok, figures)


def _memory(hub: HubServer) -> int:
    """Bytes resident in all workers, shared pages counted once for each."""
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in hub.workers()]
    return sum(pages) * 4096


def _descriptors(hub: HubServer) -> int:
    """Open files and sockets of all workers."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in hub.workers())


def _connections(hall: Hall) -> int:
    """What PostgreSQL counts; SQLite's are among the descriptors."""
    if hall.postgres is None:
        return 0
    with hall.postgres.connect() as database, database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'hub%'")
        return cursor.fetchone()[0]
