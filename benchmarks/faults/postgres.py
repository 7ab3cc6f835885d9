"""Faults of PostgreSQL: it restarts, ends every connection, or does not answer."""

import signal
import time

from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import Outcome

TERMINATE = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname LIKE 'hub%' AND pid <> pg_backend_pid()"""


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
    ended, cuts = 0, []
    with hall.load(hub) as load, hall.postgres.connect() as database:
        load.wait(1)
        for _ in range(3):
            begun = time.monotonic()
            with database.cursor() as cursor:
                cursor.execute(TERMINATE)
                ended += cursor.fetchone()[0]
            cuts.append((begun, time.monotonic()))
            load.wait(hall.seconds / 5)
    # Who was under way while connections were ended may be told that the outcome is not known.
    apart = [o for o in load.outcomes if not any(_met(o, *cut) for cut in cuts)]
    ok = ended > 0 and not any(o.failed for o in apart) and not load.lost_writes()
    figures = {"apart": summary(apart), "all": summary(load.outcomes), "backends_ended": ended}
    return Finding("all backends terminated", "0 errors for requests begun after it", ok, figures)


def _met(outcome: Outcome, begun: float, ended: float) -> bool:
    """Whether the request was under way between the two moments."""
    return outcome.began <= ended and begun <= outcome.began + outcome.took


def hung_server(hall: Hall) -> Finding:
    """New connections are taken and never answered; the old ones are gone."""
    hub = hall.new_hub(workers=2)
    with hall.load(hub) as load, hall.postgres.connect() as database:
        load.wait(hall.seconds / 5)
        hall.postgres.process.send_signal(signal.SIGSTOP)
        hung = time.monotonic()
        with database.cursor() as cursor:
            cursor.execute(TERMINATE)
        load.wait(hall.seconds / 2)
        hall.postgres.process.send_signal(signal.SIGCONT)
        back = time.monotonic()
        first = load.wait_for_success(back)
        load.wait(hall.seconds / 2)
    meanwhile, after = load.between(hung, back), load.between(back)
    told = [o for o in meanwhile if o.failed]
    # Those who are first in line wait for the connection timeout, which is 2 s at the least.
    prompt = all(o.took <= 2.25 for o in meanwhile)
    well_told = prompt and all(o.status == 503 and o.code for o in told)
    ok = bool(told) and well_told and not any(o.failed for o in after) and first <= 0.25
    figures = {
        "meanwhile": summary(meanwhile),
        "after": summary(after),
        "first_answer_ms": round(first * 1000),
        "acknowledged_writes_lost": len(load.lost_writes()),
    }
    goal = "503 within 2 s meanwhile; 0 errors after; first answer within 250 ms"
    return Finding("PostgreSQL does not answer", goal, ok and not load.lost_writes(), figures)
