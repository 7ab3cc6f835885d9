"""What is noted about the request being answered and the work inside it, for whoever watches.

The places that know something write it here (the route, the caller, the time spent waiting for a
thread, a search, a call of another service); they need not know whether anyone reads it.
"""

from contextvars import ContextVar
from functools import cache
from typing import Any

from memory_hub.core import installed
from memory_hub.core.route_templates import LONGEST

# Kinds of work inside the hub are counted beside requests; each has a name and an outcome. This one
# is common to all stores, others are an app's own (`features.Work`).
SEARCH = "SEARCH"  # where was searched; FOUND or EMPTY
FOUND, EMPTY = 200, 204
NO_ANSWER = 0
# In the place of a route that was not even looked up.
REFUSED = "_refused"
# Behind the route of a request that is answered with a stream.
STREAM = " (stream)"


class RequestStats:
    """Notes on one request. Times are nanoseconds."""

    __slots__ = ("cache_hit", "db_ns", "route", "streams", "traceparent", "user_id", "wait_ns")

    def __init__(self) -> None:
        self.route: str | None = None  # the template: "/memories/{doc_id}"
        self.user_id: int | None = None
        self.cache_hit = False  # answered from the response cache
        # A stream: its answer goes on for minutes.
        self.streams = False
        self.wait_ns = 0  # waiting for a worker thread
        self.db_ns = 0  # in database queries
        # W3C header for calls to other services.
        self.traceparent: str | None = None


current: ContextVar[RequestStats | None] = ContextVar("observation", default=None)


def refused() -> None:
    """Note that the present request is refused before its route is looked up."""
    present = current.get()
    if present is not None:
        present.route = REFUSED


def streams() -> None:
    """Note that the answer to the present request is a stream, which begins now."""
    present = current.get()
    if present is not None:
        present.streams = True
        present.route = f"{(present.route or '')[: LONGEST - len(STREAM)]}{STREAM}"


def note(kind: str, name: str, outcome: int, duration_ns: int = 0) -> None:
    """Tell whoever watches of work inside the hub: its kind, name, outcome and duration."""
    for watcher in _watchers():
        watcher(kind, name, outcome, duration_ns)


@cache
def _watchers() -> list[Any]:
    return installed.imported("work_watchers")


def note_search(place: str, results: int, duration_ns: int) -> None:
    """Tell of a search that was answered with so many results."""
    note(SEARCH, place, FOUND if results else EMPTY, duration_ns)
