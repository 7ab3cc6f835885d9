"""What the product writes it tells of: what it does not is an error here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import transaction

from memory_hub.caching.invalidation import untold
from memory_hub.events import telling
from memory_hub.events.event import Event


@contextmanager
def everything_told() -> Iterator[None]:
    """A block that fails at its end where something was written that no event told of."""
    found: list[str] = []

    def note(parts: frozenset[str], **_: Any) -> None:
        found.extend(sorted(parts))

    untold.connect(note, weak=False)
    try:
        yield
    finally:
        untold.disconnect(note)
    assert not found, f"Written without an event: {', '.join(found)}"


@contextmanager
def recording() -> Iterator[list[Event]]:
    """A block in which all events that are committed stand in the list it gives."""
    found: list[Event] = []

    @telling.hears(Event)
    def note(events: Sequence[Event]) -> None:
        transaction.on_commit(partial(found.extend, events))

    named = (*telling.subscribers(), note)
    with patch.object(telling, "subscribers", lambda: named):
        yield found
