"""What everything costs in points: the one table, for the code, the documents and `/info`.

A point is about a millisecond and a half of a worker on the machine that the bounds were set on.
"""

from typing import NamedTuple

READ, SEARCH, WRITE, ITEM = 1, 3, 5, 1
# One point for each so many, whole ones only: what is usual costs its request's points alone.
BODY_BYTES = 4 * 2**10
ANSWER_BYTES = 64 * 2**10
KEPT_BYTES = 64 * 2**10
COMPARED_BYTES = 16 * 2**10
COUNTED = 5_000


class Price(NamedTuple):
    """``points`` for each ``each`` of what is ``counted``."""

    counted: str
    points: int
    each: int
    meaning: str


TABLE = (
    Price("read", READ, 1, "a GET, and a page for people"),
    Price("search", SEARCH, 1, "a search"),
    Price("write", WRITE, 1, "any other request"),
    Price("item", ITEM, 1, "each item of a batch after the first"),
    Price("body_byte", 1, BODY_BYTES, "of what is sent, and of what a restore brings back"),
    Price("answer_byte", 1, ANSWER_BYTES, "of what is answered, before compression"),
    Price("kept_byte", 1, KEPT_BYTES, "of an answer that is kept for an Idempotency-Key"),
    Price("compared_byte", 1, COMPARED_BYTES, "of the two texts of a diff"),
    Price("memory", 1, COUNTED, "memories that statistics count"),
)


def price(method: str, path: str, body: int = 0) -> int:
    """Points of a request with so many bytes; what it turns out to cost beyond is charged then."""
    if path.rstrip("/").endswith("/search"):
        return SEARCH + body // BODY_BYTES
    return (READ if method in ("GET", "HEAD", "OPTIONS") else WRITE) + body // BODY_BYTES
