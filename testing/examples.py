"""Examples that share one test: each is tried in the database and taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction
from hypothesis import HealthCheck, settings

from testing import effort

T = TypeVar("T")


def examples(most: int) -> settings:
    """The same ones in every run of a kind; at most so many, fewer in one without drills."""
    return settings(
        max_examples=effort.at_most(most),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back at its end, so that the next one finds what it found."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def taken_back(act: Callable[[], T]) -> T:
    """What the function answers, and all that it did undone."""
    with undone():
        return act()
