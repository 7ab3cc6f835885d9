"""A memory-mapped file in which every process of a host shows the numbers of its caches.

Each cache of each process counts in a row of its own; whoever asks adds the rows up. A command
(clear, clean up) is posted in the head of the file; every process carries it out and acknowledges
it in its rows. Validity never rests on it: that is the business of generations.
"""

import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from memory_hub.caching.statistics import CacheStatistics, Counter, Counters
from memory_hub.core.mapped_file import WORD, MappedFile, read_text, write_text

_WORDS = 32
_ROWS = 1024
_SIZE = _WORDS * (_ROWS + 1)
_LAYOUT = 0x6D68_626F_6130_3031
_COMMAND_WORD = 1  # the layout is the word before
_OWNER, _BEAT, _MAX_ENTRIES, _ACKNOWLEDGED, _REMOVED, _COUNTERS = 0, 1, 2, 3, 4, 5
_NAME, _BACKEND = 16, 24
_NAME_BYTES, _BACKEND_BYTES = 64, 16

# A process beats every second; one that has not for this long is taken for dead.
DEAD_AFTER_NS = 10 * 1_000_000_000
# The owner of rows that hold what dead processes have counted: sums must never fall.
_RETIRED = 1


class Command(IntEnum):
    """What every process is asked to do with its caches."""

    CLEAR = 1
    CLEANUP = 2


class Row:
    """One cache of one process."""

    def __init__(self, words: memoryview) -> None:
        self.words = words
        self.cells = words[_COUNTERS : _COUNTERS + len(Counter)]

    @property
    def owner(self) -> int:
        return self.words[_OWNER]

    @property
    def name(self) -> str:
        return read_text(self.words[_NAME : _NAME + _NAME_BYTES // WORD])

    def is_alive(self, now_ns: int) -> bool:
        # A beat of the future is one from before the machine was started.
        return self.owner > _RETIRED and 0 <= now_ns - self.words[_BEAT] < DEAD_AFTER_NS

    def beat(self) -> None:
        # The same for all processes, and never set.
        self.words[_BEAT] = time.monotonic_ns()

    def acknowledge(self, sequence: int, removed: int) -> None:
        self.words[_REMOVED] = removed
        # Last: it says that the other number is there.
        self.words[_ACKNOWLEDGED] = sequence

    def removed_for(self, sequence: int) -> int | None:
        """How many entries went for this command; None while it is not acknowledged."""
        return self.words[_REMOVED] if self.words[_ACKNOWLEDGED] == sequence else None

    def take(self, owner: int, name: str, backend: str, max_entries: int) -> None:
        self.clear()
        self.words[_MAX_ENTRIES] = max_entries
        write_text(self.words[_NAME : _NAME + _NAME_BYTES // WORD], name)
        write_text(self.words[_BACKEND : _BACKEND + _BACKEND_BYTES // WORD], backend)
        self.beat()
        self.words[_OWNER] = owner

    def clear(self) -> None:
        for word in range(_WORDS):
            self.words[word] = 0

    def statistics(self) -> CacheStatistics:
        counters = Counters()
        counters.cells = self.cells
        backend = read_text(self.words[_BACKEND : _BACKEND + _BACKEND_BYTES // WORD])
        return CacheStatistics.of(self.name, backend, self.words[_MAX_ENTRIES], counters)


@dataclass(frozen=True, slots=True)
class Posted:
    """A command to all processes; the sequence tells it from the one before."""

    sequence: int
    command: Command


class SharedStats:
    """The statistics in the file `path`; made when missing."""

    def __init__(self, path: Path) -> None:
        self._file = MappedFile(path, _SIZE, _LAYOUT)
        words = self._file.words
        self._head = words[:_WORDS]
        self._rows = [
            Row(words[start : start + _WORDS]) for start in range(_WORDS, len(words), _WORDS)
        ]

    def join(self, owner: int, name: str, backend: str, max_entries: int) -> Row | None:
        """A row for a cache of the process `owner`; None when the file is full."""
        with self._file.locked():
            self._retire_the_dead()
            for row in self._rows:
                if row.owner == 0:
                    row.take(owner, name, backend, max_entries)
                    row.acknowledge(self.posted_word, 0)
                    return row
        return None

    def rows(self) -> list[Row]:
        """The rows of live processes."""
        now = time.monotonic_ns()
        return [row for row in self._rows if row.is_alive(now)]

    def statistics(self) -> list[CacheStatistics]:
        """A row of numbers for each cache of each process, and for what dead ones counted."""
        with self._file.locked():
            self._retire_the_dead()
            return [row.statistics() for row in self._rows if row.owner]

    def post(self, command: Command) -> Posted:
        """Ask every process to carry out `command`."""
        with self._file.locked():
            sequence = (self.posted_word | 0xFF) + 1 + command
            self._head[_COMMAND_WORD] = sequence
        return Posted(sequence, command)

    @property
    def posted_word(self) -> int:
        """The last command and its number in one word, so that both are read at once."""
        return self._head[_COMMAND_WORD]

    @staticmethod
    def decode(word: int) -> Posted:
        return Posted(word, Command(word & 0xFF))

    def _retire_the_dead(self) -> None:
        now = time.monotonic_ns()
        for row in self._rows:
            if row.owner > _RETIRED and not row.is_alive(now):
                self._retire(row)

    def _retire(self, row: Row) -> None:
        name = row.name
        heir = next((r for r in self._rows if r.owner == _RETIRED and r.name == name), None)
        if heir is None:
            row.words[_OWNER] = _RETIRED
            row.words[_MAX_ENTRIES] = 0
            row.cells[Counter.ENTRIES] = 0
            return
        for counter in Counter:
            if counter is not Counter.ENTRIES:
                heir.cells[counter] += row.cells[counter]
        row.clear()
