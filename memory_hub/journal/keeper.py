"""What keeps the journal in order unasked: numbering and sealing.

On PostgreSQL what a worker appended it numbers a tenth of a second later, together with what others
did by then; every ten seconds one worker of each host looks whether a process left something
behind. What is numbered is sealed within some seconds, and the seal's hash is told in the log once
an hour: kept elsewhere, it shows whether the end of the journal was cut off.
"""

import logging
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connections

from memory_hub.database.dialect import is_postgres
from memory_hub.database.resting import rest
from memory_hub.jobs.declared import WorkerJob
from memory_hub.jobs.lookout import Lookout
from memory_hub.jobs.loops import Loop
from memory_hub.journal import sealing, sequencer, unattributed

logger = logging.getLogger(__name__)

# Seconds from an append to its number.
BEAT = 0.1
# Seconds between two looks where nothing is appended.
REST = 10.0
# Seconds from an append to its seal, at most.
SEAL_AFTER = 5.0
# Seconds between two lines of the log about the head.
TOLD_EVERY = 3600.0
# Rows behind the newest in which what waits is looked for first.
DEEP = 10_000


class Keeper:
    """``loop`` is its thread, ``appended`` tells it that there is something to do."""

    def __init__(self) -> None:
        self._lookout = Lookout(settings.DATA_DIR / "cache" / "journal.lock")
        self.loop = Loop(
            "journal", self.turn, last=self.finish, forked=self._forget, delay=REST / 10
        )
        self._forget()

    def _forget(self) -> None:
        # In a fork the lock stays the parent's.
        self._lookout.give_up()
        self._is_woken = self._is_waiting = False
        self._is_done = True  # with what this process appended
        self._looked = self._sealed = self._told = float("-inf")
        self._newest = 0

    def appended(self) -> None:
        """Something was appended by this process, and committed."""
        if not self._is_woken:
            self._is_woken = True
            self.loop.wake()

    def turn(self) -> float:
        """One look; the seconds until the next."""
        if self._is_woken and not self._is_waiting:
            # A moment for others to come along.
            self._is_waiting = True
            return BEAT if is_postgres() else SEAL_AFTER
        if self._is_done and not self._is_woken and not self._lookout.is_mine():
            return REST
        self._is_woken = self._is_waiting = self._is_done = False
        try:
            unattributed.write_down()
            is_numbered = self._sequence()
            pause = self._seal()
        finally:
            rest()
        self._is_done = is_numbered and pause == REST
        return pause if is_numbered else BEAT

    def _sequence(self) -> bool:
        if not is_postgres():
            return True
        now = time.monotonic()
        is_deep = now - self._looked >= REST
        is_done = sequencer.sequence(above=0 if is_deep else max(0, self._newest - DEEP))
        if is_deep:
            self._looked, self._newest = now, sequencer.newest()
        return is_done

    def _seal(self) -> float:
        """Seal where it is time; the seconds until it is again."""
        now = time.monotonic()
        early = self._sealed + SEAL_AFTER / 2 - now
        if early > 0:
            return early
        if sealing.seal():
            return BEAT
        self._sealed = now
        self._tell(now)
        return REST

    def _tell(self, now: float) -> None:
        if now - self._told >= TOLD_EVERY:
            self._told = now
            found = sealing.head()
            if found.position:
                logger.info("Journal head: %d %s", found.position, found.hash.hex())

    def finish(self) -> None:
        """At the end of the process: leave nothing waiting, and another one to look."""
        self._lookout.give_up()
        unattributed.write_down()
        self._sequence()
        connections.close_all()


@lru_cache(maxsize=1)
def keeper() -> Keeper:
    """The one of this process."""
    return Keeper()


def note(*_: Any, **__: Any) -> None:
    """Something was appended by this process: a receiver of `append.appended`."""
    keeper().appended()


def note_untold(parts: frozenset[str], **_: Any) -> None:
    """Something was written that nobody told of: a receiver of `invalidation.untold`. What keeps no
    journal otherwise, a command or a shell, writes it down before it ends."""
    if unattributed.note(parts):
        keeper().loop.start()
        keeper().appended()


KEEP = WorkerJob(
    name="journal",
    help="Numbers and seals what was written into the journal.",
    loop=lambda: keeper().loop,
)
