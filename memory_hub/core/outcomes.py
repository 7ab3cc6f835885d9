"""Outcomes of what is done for several at once: of each what was asked for, or its error."""

from collections.abc import Sequence
from typing import TypeVar

from memory_hub.core.errors import HubError

T = TypeVar("T")


def only(outcomes: Sequence[T | HubError]) -> T:
    """The outcome of a group of one. Raises it where it is an error."""
    (outcome,) = outcomes
    if isinstance(outcome, HubError):
        raise outcome
    return outcome
