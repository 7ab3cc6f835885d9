"""Writes lines from a loop of its own, so that a slow disk or pipe never delays a request."""

import atexit
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate
from typing import BinaryIO, Generic, TypeVar

from memory_hub.jobs.loops import Loop

Item = TypeVar("Item")

# Seconds between two writes: what a crash may lose.
INTERVAL = 0.25
# Lines; about 5 MB, some seconds of full load with the reader stuck.
MAX_PENDING = 20_000


class LineWriter(Generic[Item]):
    """Formats and writes queued items every quarter of a second and at exit.

    ``put`` never blocks: with ``max_pending`` items waiting, the item is dropped and counted in
    ``dropped``. ``loop`` starts with the first item of a process, or with the worker.
    """

    def __init__(
        self,
        stream: BinaryIO,
        render: Callable[[Item], bytes],
        *,
        interval: float = INTERVAL,
        max_pending: int = MAX_PENDING,
    ) -> None:
        self._stream = stream
        self._render = render
        self._interval = interval
        self._max_pending = max_pending
        self.loop = Loop(
            "access_log", self._turn, last=self.flush, forked=self._begin, delay=interval
        )
        self._begin()
        # What comes after the loop has ended is written at the very end.
        atexit.register(self.flush)

    def _begin(self) -> None:
        self.dropped = 0
        # The last line came to an end too early.
        self._is_cut = False
        self._pending: deque[Item] = deque()
        self._writing = threading.Lock()

    def put(self, item: Item) -> None:
        """Queue one item."""
        if len(self._pending) >= self._max_pending:
            self.dropped += 1
            return
        self._pending.append(item)
        if not self.loop.is_started:
            self.loop.start()

    def flush(self) -> None:
        """Write what is queued now. A broken stream loses the lines and is counted, not raised."""
        with self._writing:
            # Not "while pending": producers could keep a single flush going for ever.
            count = len(self._pending)
            lines = [self._render(self._pending.popleft()) for _ in range(count)]
            if lines:
                self._write(lines)

    def _write(self, lines: list[bytes]) -> None:
        """Write them all, though a pipe or a disk may take a part at a time, or no more at all."""
        text = memoryview(b"".join([b"\n" * self._is_cut, *lines]))
        written = -int(self._is_cut)
        with suppress(OSError, ValueError):  # ValueError: the stream was closed
            while text and (taken := self._stream.write(text)):
                written, text = written + taken, text[taken:]
            self._stream.flush()
        ends = list(accumulate(map(len, lines)))
        self.dropped += sum(end > written for end in ends)
        self._is_cut = written not in (0, *ends)

    def close(self) -> None:
        """Stop the loop and write the rest."""
        self.loop.stop()
        self.flush()

    def _turn(self) -> float:
        self.flush()
        return self._interval
