"""The loop that adds what a worker recorded to the shared tables."""

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connections

from memory_hub.database.resting import rest
from memory_hub.jobs.loops import Loop
from monitoring.aggregates import windows
from monitoring.aggregates.recorder import Recorder
from monitoring.logs import slow
from monitoring.models.slow import KEPT, Slow
from monitoring.record import pools, process_stats
from monitoring.record.measure import performance
from monitoring.router import alias
from monitoring.store import tables

logger = logging.getLogger(__name__)

# Seconds between two looks whether someone began a new epoch.
LOOK_EVERY = 1.0


class Flusher:
    """Flushes one recorder: every few seconds, at the turn of a minute, after a reset, at exit.

    ``loop`` is started with a worker; in the child of a fork everything is new and nothing is
    running.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.slow: deque[Callable[[], Slow]] = deque(maxlen=KEPT)  # makers of rows
        self.lines_dropped: Callable[[], int] = int
        self.loop = Loop(
            "statistics",
            self._turn,
            last=self._last,
            forked=self.restart,
            patience=settings.MONITORING_FLUSH_SECONDS,
        )
        self._renew()

    def _renew(self) -> None:
        self.worker_id = uuid.uuid4().hex
        self._sequence = 0
        self._epoch: int | None = None
        self._frozen: tables.Flush | None = None
        self._flushing = threading.Lock()
        # At once: a worker that has answered nothing yet is known too.
        self._due = 0.0

    def restart(self) -> None:
        """Begin as a new worker with nothing recorded, as the child of a fork does: what the
        parent recorded is the parent's to flush."""
        self.recorder.restart()
        self.slow.clear()
        self.loop.renew()
        self._renew()

    def flush(self, *, last: bool = False) -> None:
        """Count everything recorded so far. Raises django.db.Error; nothing is lost by that."""
        with self._flushing:
            if self._frozen is not None:
                # Whether it was counted is not known: it must go again as it was.
                self._send(self._frozen)
            self._send(self._freeze(last))

    def flush_if_possible(self) -> None:
        """Count what there is before statistics are read; without it they are some seconds old."""
        try:
            self.flush()
        except Error as error:
            logger.warning("Statistics wait for the database: %s", type(error).__name__)

    def _freeze(self, last: bool) -> tables.Flush:
        self._sequence += 1
        delta = self.recorder.take()
        rows = [self.slow.popleft()() for _ in range(len(self.slow))]
        slow.tell(delta, rows)
        self._frozen = tables.Flush(
            worker_id=self.worker_id,
            sequence=self._sequence,
            epoch=self._epoch,
            moment=time.time(),
            delta=delta,
            slow=rows,
            vitals=process_stats.read()
            | {"lines_dropped": self.lines_dropped(), "pools": pools.of_this_process()},
            last=last,
        )
        return self._frozen

    def _send(self, flush: tables.Flush) -> None:
        self._epoch = tables.apply(flush)
        self._frozen = None

    def _turn(self) -> float:
        if time.monotonic() >= self._due or self._is_new_epoch():
            self._attempt(self._flush_and_look)
            self._due = time.monotonic() + _pause(time.time())
        return min(LOOK_EVERY, max(self._due - time.monotonic(), 0))

    def _last(self) -> None:
        self._attempt(lambda: self.flush(last=True))
        connections.close_all()

    def _flush_and_look(self) -> None:
        self.flush()
        tables.find_lost_workers()

    def _is_new_epoch(self) -> bool:
        found: list[int] = []
        self._attempt(lambda: found.append(tables.current_ledger().epoch))
        return bool(found) and found[0] != self._epoch

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do some work in the thread; a database that is away is tried again later."""
        try:
            work()
        except Error as error:
            self.loop.note(error)
            logger.warning("Statistics wait for the database: %s", type(error).__name__)
        finally:
            rest(alias())


def _pause(now: float) -> float:
    """Return the seconds to the next flush: never over the turn of a minute, whose slices are
    then exact."""
    turn = windows.floor(now, windows.MINUTE) + windows.MINUTE
    return min(settings.MONITORING_FLUSH_SECONDS, max(turn - now, 0.001))


flusher = Flusher(performance.recorder)
