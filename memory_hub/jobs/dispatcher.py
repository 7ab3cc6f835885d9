"""The loop of each worker that looks for jobs and tasks that are due and has them carried out.

At rest one process of each host reads a few rows every five seconds and writes nothing. What it
takes on runs in a thread that ends with it, one for the schedule and two for the queue, so that a
long purge does not hold tasks up; the loop renews their leases. Nothing is given back at the end of
a worker: what it cannot finish another one takes over when its lease is over.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

from memory_hub.database.resting import rest
from memory_hub.database.time_limits import without_time_limits
from memory_hub.jobs import leases, queue, schedule
from memory_hub.jobs.claims import Claim
from memory_hub.jobs.crew import Crew
from memory_hub.jobs.declared import WorkerJob, of_workers
from memory_hub.jobs.leases import Watch, database_now
from memory_hub.jobs.lookout import Lookout
from memory_hub.jobs.loops import Loop
from memory_hub.jobs.peek import is_anything_to_do

AT_ONCE = {"schedule": 1, "queue": 2}  # claims under way in one process
# For what is under way when the worker ends.
FINISH_SECONDS = 5.0


class Dispatcher:
    """Looks, claims and renews; ``loop`` is its thread."""

    def __init__(self) -> None:
        self._lookout = Lookout(settings.DATA_DIR / "cache" / "jobs.lock")
        self.loop = Loop(
            "jobs",
            self.turn,
            last=self.finish,
            forked=self._forget,
            # A worker that starts has better to do.
            delay=1.0,
            patience=FINISH_SECONDS + 1,
        )
        self._forget()

    def _forget(self) -> None:
        self._watches = {lane: Watch() for lane in AT_ONCE}
        self.crews = {lane: Crew(f"jobs-{lane}", most) for lane, most in AT_ONCE.items()}
        # What each thread is at, by its key.
        self._claims: dict[object, Claim] = {}
        # In a fork the lock stays the parent's.
        self._lookout.give_up()
        self._is_woken = False

    def wake(self) -> None:
        """Have the next look now, and by this process: what is due is its own doing."""
        self._is_woken = True
        self.loop.wake()

    def turn(self) -> float:
        """Renew what is under way and take on what is due; the seconds until the next look.

        Raises django.db.Error: the loop comes back later, and later still.
        """
        try:
            under_way = list(self._claims.values())
            for claim in under_way:
                claim.beat()
            if under_way or self._has_reason_to_look():
                self._take_on()
            if self._lookout.is_mine() and not self.loop.stopping:
                for job in of_workers().values():
                    if job.look is not None:
                        job.look()
        finally:
            rest()
        return leases.BEAT

    def _take_on(self) -> None:
        for lane, claim_in in (("schedule", schedule.claim_due), ("queue", queue.claim_next)):
            while self.crews[lane].has_room and not self.loop.stopping:
                claim = claim_in(database_now(), self._watches[lane])
                if claim is None:
                    break
                self._begin(lane, claim, claim_in)

    def _has_reason_to_look(self) -> bool:
        if self._lookout.is_mine() or self._is_woken:
            self._is_woken = False
            return is_anything_to_do(database_now())
        return False

    def finish(self) -> None:
        """Wait a moment for what is under way; meanwhile another process looks."""
        self._lookout.give_up()
        until = time.monotonic() + FINISH_SECONDS
        for crew in self.crews.values():
            crew.finish(until - time.monotonic())
        connections.close_all()

    def _begin(self, lane: str, claim: Claim, claim_in: Callable[..., Claim | None]) -> None:
        """Raises RuntimeError: another look takes the claim when its lease is over."""
        key = object()
        self._claims[key] = claim
        try:
            self.crews[lane].begin(key, partial(self._carry_out, key, lane, claim_in))
        except RuntimeError:
            del self._claims[key]
            raise

    def _carry_out(self, key: object, lane: str, claim_in: Callable[..., Claim | None]) -> None:
        """Carry the claim out, and then what else is due: a thread and a connection for many."""
        try:
            connections[DEFAULT_DB_ALIAS] = without_time_limits(DEFAULT_DB_ALIAS)
            following: Claim | None = self._claims[key]
            while following is not None:
                # Its row says what, and so does the log.
                with suppress(Exception):
                    following.carry_out()
                following = None
                if not self.loop.stopping:
                    with suppress(Error):  # the loop looks again, and tells
                        following = claim_in(database_now(), self._watches[lane])
                if following is not None:
                    self._claims[key] = following
        finally:
            self._claims.pop(key, None)


@lru_cache(maxsize=1)
def dispatcher() -> Dispatcher:
    """The one of this process."""
    return Dispatcher()


def wake() -> None:
    """Have this process look now, where it looks at all."""
    dispatcher().wake()


DISPATCH = WorkerJob(
    name="jobs",
    help="Looks for jobs and tasks that are due, and carries them out.",
    loop=lambda: dispatcher().loop if settings.HUB_JOBS else None,
)
