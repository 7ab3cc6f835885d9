"""Generations in a memory-mapped file that all processes of one host share.

A generation is not counted up: a bump stores a fresh random number. An aligned eight-byte store is
indivisible, so writers in several processes need no lock between them and none is ever lost:
whatever order their stores land in, the number differs from every number seen before. Two keys may
share a slot; that costs a hit now and then and never shows an old answer.

A writer says before its commit that it is about to bump: while a slot is expected to change,
nothing is kept under it. Otherwise an answer found between the commit and the bump would show the
old state to a client that has met the new one already.
"""

import logging
import os
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from memory_hub.core.mapped_file import MappedFile

logger = logging.getLogger(__name__)

_HEADER = 8
_SLOTS = 1 << 18
# "mhgen001": a file of another layout is refused.
_LAYOUT = 0x6D68_6765_6E30_3031
_EPOCH, _OWED = 1, 2  # the layout is the word before

# The low 16 bits of a slot that is expected to change; above them, the second in which that was
# said. A change that was rolled back is not awaited for longer than this.
_EXPECTED = 0xFFFF
EXPECTED_SECONDS = 10


def random_generation() -> int:
    """A number no generation had before: 63 random bits, never 0, which means "never bumped"."""
    return int.from_bytes(os.urandom(8), "little") & ~0x8000 or 1


def expected_generation() -> int:
    """Such a number that says of its slot, for some seconds, that it is about to change."""
    return int.from_bytes(os.urandom(4), "little") << 32 | _second() << 16 | _EXPECTED


def is_expected(number: int) -> bool:
    """Whether what has this generation is about to change."""
    marked = number & 0xFFFF == _EXPECTED
    return marked and (_second() - (number >> 16)) & 0xFFFF < EXPECTED_SECONDS


def _second() -> int:
    return int(time.monotonic()) & 0xFFFF


@lru_cache(maxsize=1 << 16)
def slot_of(key: str) -> int:
    """The place of a key in the file, the same in every process."""
    digest = blake2b(key.encode(), digest_size=8).digest()
    return _HEADER + int.from_bytes(digest, "little") % _SLOTS


class MappedGenerations:
    """Numbers by key, in `path`; made when missing, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open()

    def read(self, keys: Sequence[str]) -> tuple[int, ...]:
        """The epoch and the generation of every key, in that order."""
        view = self._view
        return (view[_EPOCH], *[view[slot_of(key)] for key in keys])

    def are(self, keys: Sequence[str], numbers: tuple[int, ...]) -> bool:
        """Whether `numbers` is what `read(keys)` would still say."""
        view = self._view
        if view[_EPOCH] != numbers[0]:
            return False
        position = 1
        for key in keys:
            if view[slot_of(key)] != numbers[position]:
                return False
            position += 1
        return True

    def expect(self, keys: Iterable[str], number: int) -> None:
        """Say with an `expected_generation` that a commit is about to change the keys."""
        view = self._view
        for key in keys:
            view[slot_of(key)] = number

    def bump(self, keys: Sequence[str], expected: int | None = None) -> None:
        """Make every answer that depended on one of the keys invalid, in every process.

        `expected` is the number that this change was announced with. A slot for which another one
        is expected is left to that one: nothing can have been kept under it.
        """
        self.follow_file()
        view = self._view
        for slot in map(slot_of, keys):
            if view[slot] == expected or not is_expected(view[slot]):
                view[slot] = random_generation()

    def expect_all(self, number: int) -> None:
        """Say so of everything."""
        self._view[_EPOCH] = number

    def bump_all(self, expected: int | None = None) -> None:
        """Make every answer invalid, in every process; `expected` as for `bump`."""
        self.follow_file()
        epoch = self._view[_EPOCH]
        if expected is None or epoch == expected or not is_expected(epoch):
            self._view[_EPOCH] = random_generation()

    def follow_file(self) -> None:
        """Map the file anew if someone removed it: otherwise two files would be bumped and read.

        The new file has another epoch, so nothing that was stored before stays valid. Where none
        can be made, as on a full disk, the one before serves on: no process can have another.
        """
        if not self._file.is_in_place():
            try:
                self._open()
            except OSError as error:
                logger.warning("Cannot make %s: %s", self.path.name, error.strerror)

    @property
    def owed(self) -> int:
        """Not 0 while a bump of this host has not reached the store that other hosts share."""
        return self._view[_OWED]

    def owe(self) -> None:
        with self._file.locked():
            self._view[_OWED] = random_generation()

    def settle(self, owed: int) -> None:
        """Say that what was `owed` has been made good, unless more became owed meanwhile."""
        with self._file.locked():
            if self._view[_OWED] == owed:
                self._view[_OWED] = 0

    def _open(self) -> None:
        # The map before it is left to the garbage collector: another thread may be reading it.
        self._file = MappedFile(self.path, _HEADER + _SLOTS, _LAYOUT, _begin)
        self._view = self._file.words


def _begin(view: memoryview) -> None:
    view[_EPOCH] = random_generation()
