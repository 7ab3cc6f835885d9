"""Group commit: what several threads want written at the same time, in one transaction.

A commit costs a write to the disk, and each statement its making and a round trip, whatever they
hold. A thread that finds nobody at work writes its own at once; what comes meanwhile waits, and the
first of those who waited then writes for them all. Alone, nobody waits for company.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

from django.db import DataError, IntegrityError

from memory_hub.core import deadline
from memory_hub.core.deadline import CommitUnanswered, Deadline, TimeIsUp

T = TypeVar("T")
R = TypeVar("R")


class _Thread:
    """A thread, how many of its items are still to be written, and whether it is to lead."""

    def __init__(self, items: int) -> None:
        self.left = items
        self.leads = False
        # To lead, or because something of its own is done.
        self.called = threading.Event()


class _Ticket(Generic[T, R]):
    """A thread's item, the deadline of the request that it is for, and what became of it."""

    def __init__(self, item: T, of: Deadline | None, thread: _Thread) -> None:
        self.item, self.deadline, self.thread = item, of, thread
        self.outcome: R | None = None
        self.error: BaseException | None = None

    @property
    def is_late(self) -> bool:
        """Whether its request was given up."""
        return self.deadline is not None and self.deadline.is_over

    @property
    def result(self) -> R | BaseException:
        # Where there is no error, there is an outcome.
        return cast(R, self.outcome) if self.error is None else self.error


class GroupCommit(Generic[T, R]):
    """``write(items)`` stores all items or none and returns an outcome for each, in order.

    Calling gives the outcome of one item, or raises what ``write`` raised; ``each`` gives one or
    the other for each of several items of this thread. What the database refuses is tried again one
    by one, so that nobody fails for another's item; not so an error that tells nothing of the items
    (a lost connection, a full disk): all of the group get it. ``most`` items go into one
    transaction. Whose request was given up by the commit gets TimeIsUp, and the others are written
    without.
    """

    def __init__(self, write: Callable[[list[T]], list[R]], *, most: int) -> None:
        self._write, self._most = write, most
        self._waiting: deque[_Ticket[T, R]] = deque()
        self._busy = False
        self._lock = threading.Lock()

    def __call__(self, item: T) -> R:
        (result,) = self.each([(item, deadline.current.get())])
        if isinstance(result, BaseException):
            raise result
        return result

    def each(self, items: Sequence[tuple[T, Deadline | None]]) -> list[R | BaseException]:
        """The outcome of each item, or why there is none; with each item comes the deadline of the
        request that it is for."""
        thread = _Thread(len(items))
        tickets: list[_Ticket[T, R]] = [_Ticket(item, of, thread) for item, of in items]
        with self._lock:
            self._waiting.extend(tickets)
            if tickets:
                thread.leads, self._busy = not self._busy, True
        while thread.left:
            if not thread.leads:
                thread.called.wait()
                thread.called.clear()
            if thread.leads:
                self._lead(thread)
        return [ticket.result for ticket in tickets]

    def _lead(self, thread: _Thread) -> None:
        """Writes for those that have waited longest, of this thread's own among them, and calls the
        next to lead."""
        with self._lock:
            count = min(len(self._waiting), self._most)
            group = [self._waiting.popleft() for _ in range(count)]
        try:
            self._write_all(group)
        finally:
            with self._lock:
                thread.leads = False
                for ticket in group:
                    ticket.thread.left -= 1
                self._busy = bool(self._waiting)
                if self._busy:
                    self._waiting[0].thread.leads = True
                    self._waiting[0].thread.called.set()
            for other in {ticket.thread for ticket in group} - {thread}:
                other.called.set()

    def _write_all(self, group: list[_Ticket[T, R]]) -> None:
        group = _in_time(group)
        if not group:
            return
        try:
            with deadline.together(ticket.deadline for ticket in group):
                outcomes = self._write([ticket.item for ticket in group])
        except TimeIsUp:
            # Without the one whose time ended meanwhile.
            self._write_all(group)
        except (IntegrityError, DataError) as error:
            if len(group) == 1:
                group[0].error = error
                return
            for ticket in group:
                self._write_all([ticket])
        except BaseException as error:
            # Whatever it is, those who wait must not wait for ever.
            for ticket in group:
                ticket.error = _told(error, ticket)
        else:
            for ticket, outcome in zip(group, outcomes, strict=True):
                ticket.outcome = outcome


def _told(error: BaseException, ticket: _Ticket[T, R]) -> BaseException:
    """The error as it is told of the item: an unknown outcome names what its request is about."""
    return CommitUnanswered(ticket.deadline) if isinstance(error, CommitUnanswered) else error


def _in_time(group: list[_Ticket[T, R]]) -> list[_Ticket[T, R]]:
    """Those whose request still waits; the others are told."""
    for ticket in group:
        if ticket.deadline is not None and ticket.is_late:
            ticket.error = TimeIsUp(ticket.deadline.end())
    return [ticket for ticket in group if ticket.error is None]
