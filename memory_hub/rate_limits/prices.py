"""What everything costs in points: the one table, for the code, the documents and `/info`.

A point is about a millisecond and a half of a worker on the machine that the bounds were set on.
What requests to some paths cost, and what else is counted, each app says of its own
(`core/features.py`).
"""

import re
from functools import cache

from memory_hub.core import installed
from memory_hub.core.features import Price

READ, SEARCH, WRITE, ITEM = 1, 3, 5, 1
# Of HTML that is made, beside its request: some 7 ms.
PAGE = 4
# One point for each so many, whole ones only: what is usual costs its request's points alone.
BODY_BYTES = 4 * 2**10
ANSWER_BYTES = 64 * 2**10
KEPT_BYTES = 64 * 2**10
FILE_BYTES = 2**20

COMMON = (
    Price("read", READ, 1, "a GET"),
    Price("page", PAGE, 1, "a page for people, beside its request"),
    Price("search", SEARCH, 1, "a search"),
    Price("write", WRITE, 1, "any other request"),
    Price("item", ITEM, 1, "each item of a batch after the first"),
    Price("body_byte", 1, BODY_BYTES, "of what is sent, and of what a restore brings back"),
    Price("answer_byte", 1, ANSWER_BYTES, "of what is answered, before compression"),
    Price("kept_byte", 1, KEPT_BYTES, "of an answer that is kept for an Idempotency-Key"),
    Price("file_byte", 1, FILE_BYTES, "of a file that is sent to be imported, or fetched"),
)


@cache
def table() -> tuple[Price, ...]:
    """All prices: those common to all apps, then those of each."""
    return COMMON + tuple(price for one in installed.features() for price in one.prices)


def price(method: str, path: str, body: int = 0) -> int:
    """Points of a request with so many bytes; what it turns out to cost beyond is charged then."""
    path = path.rstrip("/")
    whole, patterns = _paths()
    points = whole.get(path)
    if points is None and patterns:
        points = next((cost for pattern, cost in patterns if pattern.fullmatch(path)), None)
    if points is None:
        points = READ if method in ("GET", "HEAD", "OPTIONS") else WRITE
    # What goes to the disk as it comes is worked on later, by a job with points of its own.
    return points + body // (FILE_BYTES if path in _uploads() else BODY_BYTES)


@cache
def _uploads() -> frozenset[str]:
    return frozenset(path for path, _ in installed.below("uploads"))


@cache
def _paths() -> tuple[dict[str, int], tuple[tuple[re.Pattern[str], int], ...]]:
    """Points by path, and of paths with a segment that may be any."""
    said = dict(installed.below("points"))
    patterns = tuple((_pattern(path), cost) for path, cost in said.items() if "{" in path)
    return {path: cost for path, cost in said.items() if "{" not in path}, patterns


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", path))))
