"""Faults of the hub's own processes: restarts, stops, kills."""

import os
import signal
import time

from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import LOST

HARD_STOP = 30.0  # seconds
# Seconds until a killed worker's place is taken.
BACK_WITHIN = 2.0


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
