"""For whom a memory is, and of what, as other people's clients say it: members of its metadata by
which memories are found without looking at each."""

from collections.abc import Mapping
from typing import Any

# By their numbers in the database.
NAMES = ("user_id", "agent_id", "app_id", "run_id")
NUMBERS = {name: number for number, name in enumerate(NAMES)}
LONGEST = 255  # characters of a value


def identifiers_in(metadata: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Number of the name and value of each; what is no text, or too long a one, is none."""
    found = [(number, metadata.get(name)) for name, number in NUMBERS.items()]
    return [(number, value) for number, value in found if is_value(value)]


def is_value(value: Any) -> bool:
    """Whether it identifies anything."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST
