"""When the time of a request ends, and whether it may have changed anything by then.

A thread cannot be stopped: what was answered 503 after HUB_REQUEST_SECONDS goes on. So whatever
makes a change last (a commit, a call of another service that writes) asks first whether it still
may, and says when it is done. The end of the time and the beginning of a change exclude each other:
either the change never comes, or the answer says that it may have.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any

from django.db import OperationalError

from memory_hub.core.errors import HubError, OutcomeUnknown, Unavailable

BY_KEY = "Send it again under the same Idempotency-Key: it is carried out once at most."
BY_ID = "Read the memory doc_id and compare before you send it again."
BY_LOOKING = "Look whether it was before you send it again; with an Idempotency-Key you need not."


class TimeIsUp(OperationalError):
    """The request was given up, so its transaction is not committed. ``problem`` is its answer."""

    untouched = True

    def __init__(self, problem: HubError) -> None:
        super().__init__(str(problem))
        self.problem = problem


class CommitUnanswered(OperationalError):
    """The connection ended while the database was committing. ``problem`` is the answer to the
    request with this deadline, the present one's unless told."""

    untouched = False

    def __init__(self, of: "Deadline | None" = None) -> None:
        present = of or current.get()
        self.problem = present.unknown("The database went") if present else OutcomeUnknown()
        super().__init__(str(self.problem))


class Deadline:
    """The end of one request's time. Safe to use from any thread.

    ``reads``: requests that are not expected to change anything; ``keyed``: with an
    Idempotency-Key. ``members`` go into the problem document of an unknown outcome.
    """

    def __init__(self, seconds: float, *, reads: bool = False, keyed: bool = False) -> None:
        self.reads, self.keyed = reads, keyed
        self.members: dict[str, Any] = {}
        self._end = time.monotonic() + seconds
        self._over = self._changed = False
        self._under_way = 0
        self._lock = threading.Lock()

    def renew(self, seconds: float) -> None:
        """The time begins anew; ``inf`` for no end."""
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether no change may begin any more."""
        return self._over or time.monotonic() >= self._end

    def begin(self) -> None:
        """A change is about to be made. Raises TimeIsUp; otherwise ``done`` must follow."""
        with self._lock:
            if not self.is_over:
                self._under_way += 1
                return
        raise TimeIsUp(self.end())

    def done(self, *, changed: bool) -> None:
        """The change was made, or certainly was not."""
        with self._lock:
            self._under_way -= 1
            self._changed |= changed

    def may_change(self) -> None:
        """From now on nobody knows: what the request does is done where it cannot be seen."""
        with self._lock:
            self._changed = True

    @property
    def may_have_changed(self) -> bool:
        """Whether a change was made or is being made."""
        return self._changed or self._under_way > 0

    def end(self) -> HubError:
        """Lets no change begin any more; the answer of the request, which is given up."""
        with self._lock:
            self._over = True
            unknown = self.may_have_changed and not self.reads
        if unknown:
            return self.unknown("It took too long")
        return Unavailable("This took too long; nothing was changed.")

    def unknown(self, why: str) -> OutcomeUnknown:
        """The answer where the change may have been made."""
        known = BY_ID if "doc_id" in self.members else BY_LOOKING
        how = BY_KEY if self.keyed else known
        return OutcomeUnknown(f"{why}, and it may have been carried out. {how}", **self.members)


class _Together:
    """Several deadlines of which each must still have time."""

    def __init__(self, deadlines: Iterable[Deadline]) -> None:
        self._deadlines = list(deadlines)

    def begin(self) -> None:
        begun = []
        try:
            for one in self._deadlines:
                one.begin()
                begun.append(one)
        except TimeIsUp:
            for one in begun:
                one.done(changed=False)
            raise

    def done(self, *, changed: bool) -> None:
        for one in self._deadlines:
            one.done(changed=changed)


current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
# Instead of the present one's: of those for whom a group commit is made.
_group: ContextVar[_Together | None] = ContextVar("deadlines", default=None)


@contextmanager
def changing() -> Iterator[None]:
    """A block that makes a change last. Raises TimeIsUp, before it begins, in a request that was
    given up. What it raises itself says with ``untouched`` whether nothing was changed."""
    present = _group.get() or current.get()
    if present is None:
        yield
        return
    present.begin()
    changed = True
    try:
        yield
    except BaseException as error:
        changed = not getattr(error, "untouched", False)
        raise
    finally:
        present.done(changed=changed)


def require_time() -> None:
    """Raises TimeIsUp in a request that was given up: what it begins now is for nobody."""
    present = current.get()
    if _group.get() is None and present is not None and present.is_over:
        raise TimeIsUp(present.end())


def may_change() -> None:
    """From now on the request may have changed something, where it cannot be seen."""
    present = current.get()
    if present is not None:
        present.may_change()


def may_have_changed() -> bool:
    """Whether the request has changed something so far."""
    present = current.get()
    return present is not None and present.may_have_changed


def has_changed() -> bool:
    """Whether a request that is over may have changed something. Nothing begins after this."""
    present = current.get()
    if present is None:
        return True
    present.end()
    return present.may_have_changed


def tell(**members: Any) -> None:
    """Members of the problem document, should the outcome be unknown: ``doc_id``."""
    present = current.get()
    if present is not None:
        present.members.update(members)


@contextmanager
def together(deadlines: Iterable[Deadline | None]) -> Iterator[None]:
    """A block whose changes are made for these requests, not for the present one alone."""
    token = _group.set(_Together(one for one in deadlines if one is not None))
    try:
        yield
    finally:
        _group.reset(token)


@contextmanager
def aside() -> Iterator[None]:
    """A block whose changes are no part of what the request is asked for."""
    token = current.set(None)
    try:
        yield
    finally:
        current.reset(token)


def without() -> Context:
    """The present context without a deadline: for work that goes on after the answer."""
    context = copy_context()
    context.run(current.set, None)
    return context
