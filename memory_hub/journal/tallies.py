"""Who was shown what, and who was refused: counted in the process, so that a read writes nothing.

A kept answer that shows what is counted has a tally: it costs the answer an addition. All else goes
into a dictionary. What is here a loop writes down every few seconds (`accesses.py`). Bounded: what
is beyond it is counted without saying of what or from where.
"""

import threading
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings

from memory_hub.caching import dependencies
from memory_hub.core.identity import Identity

MOST_READS = 10_000  # keys between two flushes
# Keys of a worker in an hour: of all addresses together, and of each user, whom no flood of others
# is to hide.
MOST_REFUSALS, MOST_OF_A_USER = 2_000, 200
REFUSALS = frozenset({401, 403, 404, 429})
_REFUSED = "refused."


class Key(NamedTuple):
    """What is counted together. ``subject_id`` is what was shown, in the table that the kind tells;
    0 stands for what is not there or not known."""

    kind: str
    subject_id: int = 0
    actor_id: int = 0
    token_id: int = 0
    address: str = ""
    route: str = ""

    @property
    def rest(self) -> "Key":
        """Where it is counted when there are too many."""
        return self._replace(subject_id=0, address="", route="")


Counted = dict[Key, int]


class AnswerTally:
    """How often an answer was given, that shows the same things to the same credential each time.

    ``hit`` is for the event loop alone, ``take`` for whoever writes down: neither waits for the
    other, and nothing is counted twice or never. The mark is taken off before the count is read,
    and looked at after it has grown.
    """

    __slots__ = ("_actor_id", "_count", "_is_noted", "_shown", "_taken", "_token_id")

    def __init__(self, shown: Iterable[tuple[str, int]], by: Identity) -> None:
        kinds: dict[str, array[int]] = {}
        for kind, subject_id in shown:
            kinds.setdefault(kind, array("q")).append(subject_id)
        self._shown = tuple(kinds.items())
        self._actor_id, self._token_id = by.user_id, by.token_id or 0
        self._count = self._taken = 0
        self._is_noted = False

    @property
    def weight(self) -> int:
        """Bytes, roughly."""
        return 320 + sum(8 * len(subjects) for _, subjects in self._shown)

    def hit(self) -> None:
        """It was given once more."""
        self._count += 1
        if not self._is_noted:
            self._is_noted = True
            _hit.append(self)

    def take(self) -> Iterator[tuple[Key, int]]:
        """What was counted since the last time."""
        self._is_noted = False
        count = self._count
        new, self._taken = count - self._taken, count
        for kind, subjects in self._shown:
            for subject_id in subjects:
                yield Key(kind, subject_id, self._actor_id, self._token_id), new


_hit: deque[AnswerTally] = deque()
_lock = threading.Lock()
_counts: Counted = {}
# Refusals that have a row of their own, by user (0: by address), and the hour for which that holds.
_known: dict[int, set[Key]] = {}
_hour = datetime.min.replace(tzinfo=UTC)


def forget() -> None:
    """Be as if nothing had been counted: in the child of a fork what was is the parent's."""
    global _lock
    _lock = threading.Lock()
    for kept in (_hit, _counts, _known):
        kept.clear()


def read(kind: str, subject_id: int, by: Identity) -> None:
    """Count that somebody was shown something, now and whenever the answer under way is given
    again; of an answer that several requests get nothing but that it shows it."""
    recording = dependencies.current.get()
    if isinstance(recording, dependencies.Shared):
        recording.shows.append((kind, subject_id))
        return
    _add({Key(kind, subject_id, by.user_id, by.token_id or 0): 1})
    if recording is not None and recording.wanted:
        recording.shows.append((kind, subject_id))


def kept(shown: list[tuple[str, int]], by: Identity | None) -> AnswerTally | None:
    """The tally of an answer that is kept, where it shows what is counted."""
    return AnswerTally(shown, by) if shown and by is not None else None


def refused(status: int, route: str, address: str, by: Identity | None) -> None:
    """Count a refusal: of a credential that is good by itself, of any other by the address."""
    if settings.HUB_AUDIT_READS == "off" or status not in REFUSALS:
        return
    kind = f"{_REFUSED}{status}"
    if by is not None and by.user_id:
        key = Key(kind, 0, by.user_id, by.token_id or 0, route=route)
    else:
        key = Key(kind, address=address, route=route)
    _add({_bounded(key): 1})


def _bounded(key: Key) -> Key:
    """The key, or its rest where an hour has had too many."""
    global _hour
    with _lock:
        hour = hour_of(datetime.now(UTC))
        if hour != _hour:
            _hour = hour
            _known.clear()
        known = _known.setdefault(key.actor_id, set())
        most = MOST_OF_A_USER if key.actor_id else MOST_REFUSALS
        if key not in known and len(known) >= most:
            return key.rest
        known.add(key)
        return key


def hour_of(moment: datetime) -> datetime:
    """Its beginning."""
    return moment.replace(minute=0, second=0, microsecond=0)


def take() -> Counted:
    """All that was counted since the last time; ``put_back`` what could not be written down."""
    global _counts
    with _lock:
        taken, _counts = _counts, {}
    for _ in range(len(_hit)):
        _into(taken, _hit.popleft().take())
    return taken


def put_back(taken: Counted) -> None:
    """As ``take`` had it."""
    _add(taken)


def _add(more: Counted) -> None:
    with _lock:
        _into(_counts, more.items())


def _into(counts: Counted, more: Iterable[tuple[Key, int]]) -> None:
    for key, number in more:
        place = key if key in counts or len(counts) < MOST_READS else key.rest
        counts[place] = counts.get(place, 0) + number
