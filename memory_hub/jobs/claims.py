"""What a process has taken on: renewed while it is carried out, and ended with its outcome."""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DataError, Error, IntegrityError, connection

from memory_hub.database.waiting import waiting_at_most
from memory_hub.jobs import leases
from memory_hub.jobs.leases import database_now
from memory_hub.jobs.models import ERROR_LENGTH, Leased

logger = logging.getLogger(__name__)

# Seconds between two attempts to tell how it went.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class Claim:
    """One run of a row of ``model``. ``describe`` is what people call it."""

    model: type[Leased]

    def __init__(self, pk: Any, run: int, describe: str) -> None:
        self.pk, self.run, self.describe = pk, run, describe
        self.is_lost = self.is_ended = False
        self._began = self._beaten = time.monotonic()

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)

    def carry_out(self) -> None:
        """Do it, and write down how it went."""
        raise NotImplementedError

    def beat(self) -> None:
        """Move the end of the lease on, when it is time to. Raises django.db.Error."""
        if time.monotonic() - self._beaten < leases.BEAT:
            return
        with waiting_at_most(leases.BEAT, connection):
            self._beaten = time.monotonic()
            renewed = self.write(lease_until=leases.end_of_lease(database_now()))
            if not (renewed or self.is_ended or self.is_lost):
                self.is_lost = True
                logger.warning("%s was taken over by another worker", self.describe)

    def write(self, **values: Any) -> bool:
        """Change the row; False where the run has ended, or is another's by now."""
        mine = self.model._default_manager.filter(pk=self.pk, run=self.run)
        return bool(mine.exclude(lease_until=None).update(**values))

    def tell(self, ending: Callable[[], dict[str, Any]]) -> None:
        """Write the end of the run, however long the database is away: nobody else will.

        Raises DataError and IntegrityError for values that it will not have at any time.
        """
        pause, self.is_ended = FIRST_PAUSE, True
        while True:
            try:
                self.write(owner="", lease_until=None, **ending())
            except Error as error:
                if connection.in_atomic_block or isinstance(error, DataError | IntegrityError):
                    raise
                if pause == FIRST_PAUSE:
                    logger.warning("%s ended; telling it waits: %s", self.describe, kind_of(error))
                connection.close()
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return


@contextmanager
def beating(claim: Claim) -> Iterator[None]:
    """A block in which a thread renews the claim, for processes without a dispatcher."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(leases.BEAT):
            try:
                claim.beat()
            except Error as error:
                logger.warning("%s could not be renewed: %s", claim.describe, kind_of(error))
        connection.close()

    thread = threading.Thread(target=renew, name="jobs-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def kind_of(error: BaseException) -> str:
    """An error as it may be told: its class. Its message may quote what somebody wrote."""
    return type(error).__qualname__


def told(error: BaseException) -> str:
    """The class of an error and the line of code that raised it, for a list."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{kind_of(error)}{place}"[:ERROR_LENGTH]


def frames_of(error: BaseException) -> str:
    """The lines of code that an error passed, without its message and without values."""
    return "".join(traceback.format_tb(error.__traceback__))
