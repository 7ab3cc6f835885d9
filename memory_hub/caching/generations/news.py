"""The last word on what may be kept, in PostgreSQL: for changes that Redis does not confirm.

Every process reads one row twice a second and may use kept answers only while its last good
reading *began* less than `LEAVE` ago. A writer that Redis does not confirm changes the row, in a
transaction of its own and before it commits: the new epoch outdates all that is kept, and until the
end of the silence that it declares nothing is kept or used. It then waits until the leave of every
process that read the row before has lapsed; writers that come later find the silence and wait for
nobody. Who does not reach PostgreSQL keeps nothing. So no partition is left in which an old answer
can be given.

Times are those of this process's monotonic clock and, in the row, of the database's; neither is
ever held against the other, only what is left of a silence travels.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from django.db import OperationalError

from memory_hub.jobs.loops import Loop

logger = logging.getLogger(__name__)

# Seconds for which a reading allows the use of kept answers.
LEAVE = 1.0
PERIOD = 0.5  # seconds between two readings
QUIET = 10.0  # seconds of a silence
# Seconds until every leave has lapsed, counted from when the row could be read: clocks differ.
LAPSED = LEAVE + 0.25
# A silence with less left is as good as none: readers may not hear in time that it goes on.
SPARE = 2.0
# While Redis stays away a silence goes on so long after the last write, for the next not to wait.
LINGER = 60.0
# Seconds that a writer waits for the row.
PATIENCE = 5.0
UNDEFINED_TABLE = "42P01"  # SQLSTATE

_READ = """
SELECT epoch, quiet_since, extract(epoch FROM quiet_until - clock_timestamp())::float
FROM hub_news WHERE id = 1
"""
_TELL = """
INSERT INTO hub_news AS news (id, epoch, quiet_since, quiet_until)
VALUES (1, %(epoch)s, clock_timestamp(), clock_timestamp() + %(quiet)s * interval '1 second')
ON CONFLICT (id) DO UPDATE SET
  epoch = EXCLUDED.epoch,
  quiet_since = CASE
    WHEN news.quiet_until > clock_timestamp() + %(spare)s * interval '1 second'
    THEN news.quiet_since ELSE clock_timestamp() END,
  quiet_until = clock_timestamp() + %(quiet)s * interval '1 second'
RETURNING epoch, quiet_since, extract(epoch FROM quiet_until - clock_timestamp())::float
"""


class _Reading(NamedTuple):
    """What the row said. The silence surely lasts until `quiet_for_writers` and is surely over at
    `quiet_for_readers`; `heard_at` is when this process first knew of it."""

    began: float
    epoch: int
    quiet_since: Any
    heard_at: float
    quiet_for_writers: float
    quiet_for_readers: float


class News:
    """The row as this process knows it. A loop of its own reads it and writes it.

    `connect` gives a psycopg2 connection. `also` is called after every reading, in the loop, and
    says whether this process is still without Redis.
    """

    def __init__(self, connect: Callable[[], Any], also: Callable[[], bool]) -> None:
        self._connect, self._also = connect, also
        self._connection: Any = None
        self._reading: _Reading | None = None
        self._changed = threading.Condition()
        # Tickets of those who wait for the row to be written.
        self._asked = self._answered = 0
        self._error: Exception | None = None
        self._under_way = 0  # commits inside the silence
        self._last_write = -LINGER
        self._alone = False
        self.loop = Loop("news", self._round)

    def epoch(self) -> int | None:
        """What to keep answers with; None while none may be kept or used."""
        self._follow()
        reading, now = self._reading, time.monotonic()
        if reading is None or now - reading.began >= LEAVE or now < reading.quiet_for_readers:
            return None
        return reading.epoch

    def _follow(self) -> None:
        """Begin to read the row, if that has not begun."""
        if not self.loop.is_started:
            self.loop.start()

    @contextmanager
    def silence(self) -> Iterator[None]:
        """A block while which, and some time before, no process of any host uses a kept answer.

        Raises OperationalError when PostgreSQL does not let it begin.
        """
        self._follow()
        with self._changed:
            self._under_way += 1
        try:
            self._hush()
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._last_write = time.monotonic()

    def tell(self) -> None:
        """Write the row: a new epoch and a silence from now on. In the loop only."""
        values = {"epoch": random.getrandbits(62), "quiet": QUIET, "spare": SPARE}
        self._note(*self._ask(_TELL, values))

    def _hush(self) -> None:
        while not self.is_quiet(spare=SPARE):
            self._have_it_told()
            reading = self._reading
            if reading is not None:
                time.sleep(max(0.0, reading.heard_at + LAPSED - time.monotonic()))

    def is_quiet(self, *, spare: float = 0.0) -> bool:
        """Whether nobody can be using a kept answer, now and for so many seconds more."""
        reading, now = self._reading, time.monotonic()
        return (
            reading is not None
            and now >= reading.heard_at + LAPSED
            and reading.quiet_for_writers - now > spare
        )

    def _have_it_told(self) -> None:
        with self._changed:
            self._asked += 1
            ticket = self._asked
            self.loop.wake()
            if not self._changed.wait_for(lambda: self._answered >= ticket, PATIENCE):
                raise OperationalError("The database did not take the news in time.")
            if self._error is not None:
                raise OperationalError("The database did not take the news.") from self._error

    def _round(self) -> float:
        with self._changed:
            tickets = self._asked
        error = self._turn(wanted=tickets > self._answered)
        with self._changed:
            self._answered, self._error = tickets, error
            self._changed.notify_all()
        if error is None:
            self._look_after_redis()
        else:
            self.loop.note(error)
        return PERIOD

    def _look_after_redis(self) -> None:
        try:
            self._alone = self._also()
        except Exception as error:  # what is owed stays owed
            self.loop.note(error)
            logger.warning("Cannot settle what is owed: %s", type(error).__name__)
            self._hang_up()

    def _turn(self, *, wanted: bool) -> Exception | None:
        held = self._connection
        try:
            if wanted or self._must_go_on():
                self.tell()
            else:
                self._note(*self._ask(_READ))
        except Exception as error:
            # The thread must outlive whatever the driver raises.
            self._hang_up()
            if wanted and held is not None:  # perhaps the server was restarted since
                return self._turn(wanted=True)
            if self._error is None:
                logger.warning("Cannot reach the row of news: %s", type(error).__name__)
            # Twice a second while the database is away: each with its frames would be left to the
            # garbage collector.
            return error.with_traceback(None)
        return None

    def _must_go_on(self) -> bool:
        """Whether a silence that is about to end is still needed."""
        reading, now = self._reading, time.monotonic()
        if reading is None or not 0 < reading.quiet_for_writers - now < QUIET / 2:
            return False
        return self._under_way > 0 or (self._alone and now - self._last_write < LINGER)

    def _ask(self, statement: str, values: Any = None) -> tuple[Any, float, float]:
        """The row, and when asking began and ended. Without its table there is silence: nobody can
        read it, so that nobody keeps anything, and a database is made ready without Redis too."""
        if self._connection is None:
            self._connection = self._connect()
            self._connection.autocommit = True
        began = time.monotonic()
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement, values)
                row = cursor.fetchone()
        except Exception as error:
            if getattr(error, "pgcode", None) != UNDEFINED_TABLE:
                raise
            row = (0, None, QUIET)
        return row, began, time.monotonic()

    def _note(self, row: Any, began: float, ended: float) -> None:
        epoch, since, left = row or (0, None, 0.0)
        before = self._reading
        goes_on = before is not None and left > 0 and before.quiet_since == since
        self._reading = _Reading(
            began,
            epoch,
            since,
            before.heard_at if goes_on else ended,
            began + left,
            ended + left,
        )

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # It is broken, whatever the driver says of it.
            with suppress(Exception):
                connection.close()


def news_connection() -> Any:
    """A connection of its own to the hub's database, beside any pool."""
    import psycopg2
    from django.db import connections

    parameters = connections.create_connection("default").get_connection_params()
    return psycopg2.connect(**parameters)
