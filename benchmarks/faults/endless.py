"""Requests that would take for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx

from benchmarks.faults import STANDING_STILL
from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import LOST

APPLICATION = "benchmarks.faults.never_ending:application"
# Seconds a request may take in these hubs.
LIMIT = 3
# Seconds after which a worker that stands still is replaced, the least there is.
HEARTBEAT = 5
# Seconds that the replacement may take on top.
BACK_WITHIN = 2.0
# Seconds within which everyone else is answered.
PROMPT = 1.0


def lock_never_given_up(hall: Hall) -> Finding:
    """A request that waits for a row which another transaction holds."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load:
        load.wait(0.5)
        held = load.other_memory()
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
    return Finding("lock never given up", goal, ok, figures)


def endless_request(hall: Hall) -> Finding:
    """One that blocks its thread, and one that waits on the event loop."""
    hub = hall.new_hub(
        workers=2, application=APPLICATION, HUB_REQUEST_SECONDS=LIMIT, HUB_GRACEFUL_SECONDS=1
    )
    with hall.load(hub) as load, ThreadPoolExecutor() as callers:
        load.wait(0.5)
        calls = {kind: callers.submit(_end, hub.url, kind) for kind in ("thread", "coroutine")}
        ends = {kind: call.result() for kind, call in calls.items()}
        load.wait(0.5)
    in_time = all(status == 503 and took <= LIMIT + 1 for status, took in ends.values())
    failed = [o for o in load.outcomes if o.failed]
    ok = in_time and not failed and not load.wrong
    goal = "others unaffected; it ends at its limit with 503"
    figures = {**summary(load.outcomes), "limit_s": LIMIT, "ended_with_after_s": ends}
    return Finding("blocking or endless request", goal, ok, figures)


def _end(url: str, kind: str) -> tuple[int, float]:
    """The status of a request without an end, and after how many seconds it came."""
    began = time.monotonic()
    answer = httpx.get(f"{url}/superthread/never/{kind}", timeout=LIMIT + 10)
    return answer.status_code, round(time.monotonic() - began, 1)


def blocked_loop(hall: Hall) -> Finding:
    """A request that stops the event loop of its worker: the heartbeat finds it, no time limit."""
    hub = hall.new_hub(workers=2, application=APPLICATION, HUB_WORKER_TIMEOUT=HEARTBEAT)
    before = set(hub.workers())
    with hall.load(hub) as load:
        load.wait(1)
        began = time.monotonic()
        culprit = threading.Thread(target=_never_answered, args=[hub.url])
        culprit.start()
        # Before that the culprit's worker takes connections too, and answers none of them.
        while STANDING_STILL not in hub.log.read_text():
            load.wait(0.02)
        others = []
        while before <= set(hub.workers()) and time.monotonic() < began + 4 * HEARTBEAT:
            others.append(_on_a_connection_of_its_own(hub.url))
            time.sleep(0.1)
        killed = time.monotonic() - began
        while len(hub.workers()) < 2:
            load.wait(0.02)
        replaced = time.monotonic() - began
        load.wait(1)
        culprit.join()
    slow = [o for o in load.outcomes if o.took > PROMPT and not o.failed]
    lost = [o for o in load.outcomes if o.failed]
    told_wrong = [o for o in lost if o.status != LOST]
    missing = load.lost_writes()
    prompt = bool(others) and max(others) <= PROMPT
    ok = prompt and killed <= HEARTBEAT + BACK_WITHIN and not told_wrong and not missing
    figures = {
        **summary(load.outcomes),
        "worker_ended_after_s": round(killed, 1),
        "replaced_after_s": round(replaced, 1),
        "new_connections": len(others),
        "slowest_of_them_ms": round(1000 * max(others), 0),  # inf: not at all
        "held_up_on_its_connections": len(slow) + len(lost),
        "acknowledged_writes_lost": len(missing),
    }
    goal = f"replaced within {HEARTBEAT} + 2 s; the other worker serves on"
    return Finding("blocked event loop", goal, ok and not load.wrong, figures)


def _never_answered(url: str) -> Any:
    with suppress(httpx.HTTPError):
        httpx.get(f"{url}/superthread/never/loop", timeout=10 * HEARTBEAT)


def _on_a_connection_of_its_own(url: str) -> float:
    """Seconds until a new connection is answered; inf when it is not answered well."""
    began = time.monotonic()
    with suppress(httpx.HTTPError):
        if httpx.get(f"{url}/monitoring/health/live", timeout=5).status_code == 200:
            return time.monotonic() - began
    return float("inf")
