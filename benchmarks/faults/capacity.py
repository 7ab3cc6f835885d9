"""Faults of quantity: far too many requests, a long time."""

import json
import random
from pathlib import Path

from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import MEMORIES, MIX, Load
from benchmarks.http.connection import request
from benchmarks.http.load import Outcome, Requests, open_loop
from benchmarks.sampling import sampled
from testing.servers.hub import HubServer

# Where the search for the sustainable rate begins, and its factor.
LEAST_RATE, STEP = 50.0, 1.4
# Each has at most 64 requests under way in a worker.
CALLERS = 8
CONNECTIONS = 1000
REFUSALS = {429, 503}


def overload(hall: Hall) -> Finding:
    """Five times the rate that the hub sustains, from a lean client on the same machine."""
    hub = hall.new_hub(workers=2)
    asked = _usual_requests(hub)
    sustainable, before = _sustainable(hub, asked), _memory(hub)
    with sampled(lambda: _memory(hub), 0.5) as memory:
        flood = _ask(hub, asked, 5 * sustainable, max(hall.seconds, 5))
    _ask(hub, asked, sustainable / 2, 10)
    after = _ask(hub, asked, sustainable / 2, 5)
    refused = {status: n for status, n in flood.statuses.items() if status >= 400}
    slowest = max((flood.slowest[status] for status in refused), default=0.0)
    growth = max(memory) / before - 1
    normal = not after.failures and max(after.statuses) < 400 and after.percentile(100) < 1000
    # Without a refusal it was no overload.
    told = bool(refused) and refused.keys() <= REFUSALS and slowest <= 1 and not flood.failures
    figures = {
        "sustainable_per_s": round(sustainable),
        "asked_per_s": round(flood.rate),
        "answers": dict(flood.statuses),
        "connections_lost": flood.failures,
        "slowest_refusal_ms": round(slowest * 1000),
        "memory_growth_percent": round(100 * growth, 1),
        "normal_after_10_s": normal,
    }
    goal = "only 429/503 within 1 s; memory + <= 20 %; normal after 10 s"
    return Finding("5 x the sustainable rate", goal, told and growth <= 0.2 and normal, figures)


def _usual_requests(hub: HubServer) -> Requests:
    """The usual mix of several callers."""
    draw, tokens, own = random.Random(1), [], {}
    for number in range(CALLERS):
        token = hub.token(f"caller{number}@example.com")
        tokens.append(token)
        with Load(hub.url, token, rate=1) as load:
            own[token] = list(load.written)

    def body(content: str) -> bytes:
        return json.dumps({"content": content}).encode()

    def next_request() -> bytes:
        token = draw.choice(tokens)
        path = f"{MEMORIES}/{draw.choice(own[token])}"
        kind = draw.choices(list(MIX), MIX.values())[0]
        if kind == "detail":
            return request("GET", path, token)
        if kind == "list":
            return request("GET", MEMORIES, token)
        if kind == "search":
            return request("POST", "/superthread/search", token, b'{"query": "memory"}')
        if kind == "edit":
            return request("PATCH", path, token, body(f"edited {draw.random()}"))
        return request("POST", MEMORIES, token, body(f"saved {draw.random()}"))

    return next_request


def _ask(hub: HubServer, asked: Requests, rate: float, seconds: float) -> Outcome:
    return open_loop(hub.port, asked, rate=rate, seconds=seconds, connections=CONNECTIONS)


def _sustainable(hub: HubServer, asked: Requests) -> float:
    """The highest tried rate that is kept up."""
    rate, best = LEAST_RATE, LEAST_RATE
    # Tried twice: a machine that is shared stumbles by itself.
    while rate < 5000 and any(_keeps_up(hub, asked, rate) for _ in range(2)):
        best, rate = rate, rate * STEP
    return best


def _keeps_up(hub: HubServer, asked: Requests, rate: float) -> bool:
    """Whether nothing fails and half of it is answered within 100 ms."""
    outcome = _ask(hub, asked, rate, 4)
    return not outcome.failures and max(outcome.statuses) < 400 and outcome.percentile(50) <= 100


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
