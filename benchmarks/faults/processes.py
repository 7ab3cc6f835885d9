"""One function a fault: it needs a Hall, does the harm under load and says what came of it."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.faults.load import LOST, Load, Outcome
from memory_hub.testing.postgres import PostgresServer
from memory_hub.testing.server import HubServer

HARD_STOP = 30.0  # seconds
BACK_WITHIN = 2.0  # seconds until a killed worker's place is taken
TERMINATE = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname LIKE 'hub%' AND pid <> pg_backend_pid()"""


@dataclass
class Hall:
    """Where a fault happens: makes hubs, says how long and how hard; ``postgres`` may be None."""

    new_hub: Callable[..., HubServer]
    postgres: PostgresServer | None = None
    seconds: float = 10.0  # of load around a fault
    rate: float = 50.0  # requests a second
    kills: int = 50

    def load(self, hub: HubServer) -> Load:
        return Load(hub.url, hub.token("bench@example.com"), rate=self.rate)


@dataclass
class Finding:
    """What a fault did: ``ok`` when the goal was met."""

    fault: str
    goal: str
    ok: bool
    figures: dict[str, Any] = field(default_factory=dict)


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Requests, failures by status or kind of loss, and the slowest answer in milliseconds."""
    failures = Counter(o.code if o.status == LOST else str(o.status) for o in outcomes if o.failed)
    slowest = max((o.took for o in outcomes), default=0.0)
    return {
        "requests": len(outcomes),
        "failed": dict(failures),
        "slowest_ms": round(slowest * 1000),
    }


def graceful_restart(hall: Hall) -> Finding:
    """HUP: new workers take over, the old ones finish."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(hall.seconds / 3)
        before = hub.workers()
        hub.process.send_signal(signal.SIGHUP)
        load.wait(hall.seconds)
        # A loaded machine takes its time for the new ones.
        deadline = time.monotonic() + 2 * HARD_STOP
        while set(before) & set(after := hub.workers()) and time.monotonic() < deadline:
            load.wait(0.1)
    failed = [o for o in load.outcomes if o.failed]
    replaced = not set(before) & set(after)
    ok = not failed and replaced and not load.lost_writes()
    figures = {**summary(load.outcomes), "workers_replaced": replaced}
    return Finding("HUP", "0 failed requests", ok, figures)


def graceful_stop(hall: Hall) -> Finding:
    """TERM: what is under way is finished; new connections are refused."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(hall.seconds / 3)
        asked = time.monotonic()
        hub.process.send_signal(signal.SIGTERM)
        hub.process.wait(HARD_STOP + 5)
        took = time.monotonic() - asked
    # Begun after the stop was asked for, a request may find the door shut; before, it is answered.
    broken = [o for o in load.between(0, asked) if o.failed]
    hub.start()
    ok = not broken and took <= HARD_STOP and not load.lost_writes()
    figures = {**summary(load.between(0, asked)), "stopped_after_s": round(took, 2)}
    return Finding("TERM", "0 failed requests; hard stop within 30 s", ok, figures)


def killed_workers(hall: Hall) -> Finding:
    """kill -9 of a worker, again and again."""
    hub = hall.new_hub(workers=2)
    back = []
    with hall.load(hub) as load:
        load.wait(1)
        for _ in range(hall.kills):
            victim = hub.workers()[0]
            killed = time.monotonic()
            os.kill(victim, signal.SIGKILL)
            back.append(load.wait_for_success(killed))
            while len([pid for pid in hub.workers() if pid != victim]) < 2:
                load.wait(0.02)
            load.wait(0.3)
    failures = [o for o in load.outcomes if o.failed]
    # Nobody was told anything wrong: a failure is a connection that broke, not an answer.
    only_in_flight = all(o.status == LOST for o in failures)
    missing = load.lost_writes()
    ok = only_in_flight and max(back) <= BACK_WITHIN and not missing
    figures = {
        **summary(load.outcomes),
        "kills": hall.kills,
        "slowest_return_s": round(max(back), 3),
        "acknowledged_writes_lost": len(missing),
    }
    return Finding("kill -9 of a worker", "only in-flight fail; back within 2 s", ok, figures)


def database_restart(hall: Hall, mode: str) -> Finding:
    """PostgreSQL goes away for a while: fast or immediate."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(hall.seconds / 3)
        down = time.monotonic()
        hall.postgres.stop(mode)
        load.wait(2)
        hall.postgres.start()
        up = time.monotonic()
        first = load.wait_for_success(up)
        load.wait(hall.seconds / 2)
    while_down, after = load.between(down, up), load.between(up)
    told = [o for o in while_down if o.failed]
    well_told = all(o.status == 503 and o.code and o.took <= 2 for o in told)
    ok = bool(told) and well_told and not any(o.failed for o in after) and first <= 0.25
    figures = {
        "while_down": summary(while_down),
        "after": summary(after),
        "first_answer_ms": round(first * 1000),
        "acknowledged_writes_lost": len(load.lost_writes()),
    }
    goal = "503 within 2 s while down; 0 errors after; first answer within 250 ms"
    return Finding(f"PostgreSQL restart ({mode})", goal, ok and not load.lost_writes(), figures)


def terminated_backends(hall: Hall) -> Finding:
    """Every connection is ended by the server, several times."""
    hub = hall.new_hub(workers=2)
    ended = 0
    with hall.load(hub) as load, hall.postgres.connect() as database:
        load.wait(1)
        marks = []
        for _ in range(3):
            with database.cursor() as cursor:
                cursor.execute(TERMINATE)
                ended += cursor.fetchone()[0]
            marks.append(time.monotonic())
            load.wait(hall.seconds / 5)
    after = [o for mark in marks for o in load.between(mark, mark + hall.seconds / 5)]
    failed = [o for o in after if o.failed]
    ok = ended > 0 and not failed and not load.lost_writes()
    figures = {**summary(load.outcomes), "backends_ended": ended}
    return Finding("all backends terminated", "0 errors for requests begun after it", ok, figures)


def endless_request(hall: Hall) -> Finding:
    """Requests that wait for a lock nobody gives up, among others."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(0.5)
        held = next(iter(load.written))
        load.written.pop(held)
        name = hub.environment["DATABASE_URL"].rpartition("/")[2]
        with hall.postgres.connect(name) as database:
            with database.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM superthread_memory WHERE doc_id = %s FOR UPDATE", [held]
                )
            began = time.monotonic()
            answer = httpx.patch(
                f"{hub.url}/superthread/memories/{held}",
                json={"content": "held up"},
                headers=load.headers,
                timeout=40,
            )
            took = time.monotonic() - began
        load.wait(0.5)
    ok = answer.status_code == 503 and took < 12 and not any(o.failed for o in load.outcomes)
    figures = {**summary(load.outcomes), "it_got": answer.status_code, "after_s": round(took, 1)}
    goal = "others unaffected; it ends at its limit with 503"
    return Finding("one endless request", goal, ok, figures)
