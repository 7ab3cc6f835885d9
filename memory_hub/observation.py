"""What is noted about the request being answered, for whoever watches.

The places that know something write it here (the route, the caller, the time spent waiting for a
thread); they need not know whether anyone reads it.
"""

from contextvars import ContextVar


class Observation:
    """Notes on one request. Times are nanoseconds."""

    __slots__ = ("cache_hit", "db_ns", "route", "traceparent", "user_id", "wait_ns")

    def __init__(self) -> None:
        self.route: str | None = None  # the template: "/superthread/memories/{doc_id}"
        self.user_id: int | None = None
        self.cache_hit = False  # answered from the response cache
        self.wait_ns = 0  # waiting for a worker thread
        self.db_ns = 0  # in database queries
        self.traceparent: str | None = None  # W3C header for calls to other services


current: ContextVar[Observation | None] = ContextVar("observation", default=None)
