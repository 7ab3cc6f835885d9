"""Telling subscribers what changed."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils.module_loading import import_string

from memory_hub.core import installed
from memory_hub.database.statements import Statement, run
from memory_hub.events.event import Event
from memory_hub.events.order import Stage

# Gets the events it hears, at once; returns what is to be written because of them.
Subscriber = Callable[[Sequence[Any]], Iterable[Statement] | None]
S = TypeVar("S", bound=Subscriber)


def hears(*kinds: type[Event]) -> Callable[[S], S]:
    """Marks a function as a subscriber to these kinds of events."""

    def mark(subscriber: S) -> S:
        # An attribute of our own, as functions may have.
        subscriber.hears = kinds  # type: ignore[attr-defined]
        return subscriber

    return mark


def tell(*events: Event, writing: Iterable[Statement] = ()) -> None:
    """Tells the subscribers of changes that were just written, in the transaction that wrote them.

    What they want written goes to the database in one round trip, behind all that the change itself
    wrote: a service tells last. ``writing`` are statements of the change itself that go with
    theirs, as the first. Raises TransactionManagementError outside a transaction.
    """
    if not events:
        return
    if not connection.in_atomic_block:
        raise TransactionManagementError("An event belongs to the transaction of its change.")
    statements = list(writing)
    for subscriber in subscribers():
        heard = [event for event in events if isinstance(event, subscriber.hears)]
        if heard:
            statements.extend(subscriber(heard) or ())
    run(statements)


@transaction.atomic
def tell_alone(*events: Event) -> None:
    """Tells of changes that were made elsewhere and are over, in a transaction of its own."""
    tell(*events)


def is_heard(*events: Event) -> bool:
    """Whether there is a subscriber to any of them."""
    return any(isinstance(event, one.hears) for one in subscribers() for event in events)


@cache
def subscribers() -> tuple[Any, ...]:
    """All that the apps name, in the order they are told. Raises ValueError for a stage that is
    none: nobody would be told in it."""
    named = [
        (Stage(stage), name)
        for one in installed.features()
        for stage, names in one.subscribers.items()
        for name in names
    ]
    named.sort(key=lambda pair: pair[0])
    return tuple(import_string(name) for _, name in named)
