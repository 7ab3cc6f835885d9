"""Counts that all processes of one host share: a mapped file."""

import time
from hashlib import blake2b
from pathlib import Path

from memory_hub.core.mapped_file import MappedFile

_SLOTS = 1 << 16
_PROBES = 8
# Tag, expiry in seconds of the epoch, count.
_WORDS = 3
_SEED = b"hub limits"


class MappedStorage:
    """Counters by key in a file, exact over processes: a lock around every increment (2 µs).

    The file holds 65 536 counters. When a key finds no room in its neighbourhood it shares a
    counter with another one: stricter for both, and never a limit that is forgotten.
    """

    def __init__(self, path: Path) -> None:
        self._file = MappedFile(path, _WORDS * _SLOTS)
        self.words = self._file.words

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The new count of a key, which begins at 0 and again when ``expiry`` seconds are over. It
        is never less than 0."""
        now = int(time.time())
        words = self.words
        with self._file.locked():
            slot = self._slot(key, now)
            if words[slot + 1] <= now:
                words[slot], words[slot + 1], words[slot + 2] = _tag(key), now + expiry, 0
            words[slot + 2] = max(0, words[slot + 2] + amount)
            return words[slot + 2]

    def place(self, key: str) -> int:
        """Where in ``words`` the count of a key stands, until it expires."""
        return self._slot(key, int(time.time())) + 2

    def _slot(self, key: str, now: int) -> int:
        """The key's counter, a free one for it, or the one it has to share."""
        tag, free, words = _tag(key), None, self.words
        first = tag % _SLOTS
        for probe in range(_PROBES):
            slot = (first + probe) % _SLOTS * _WORDS
            if words[slot + 1] <= now:
                free = slot if free is None else free
            elif words[slot] == tag:
                return slot
        return first * _WORDS if free is None else free


def _tag(key: str) -> int:
    digest = blake2b(key.encode(), digest_size=8, key=_SEED).digest()
    return int.from_bytes(digest, "little") or 1
