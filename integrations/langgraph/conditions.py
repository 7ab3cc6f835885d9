"""The store's filters: which values they let through.

As LangGraph's own store in memory reads them: a member equals a value, or meets ``$eq``, ``$ne``,
``$gt``, ``$gte``, ``$lt`` and ``$lte``; objects and lists are compared part by part. Unlike there,
``true`` is not 1, and what cannot be compared is let through by nothing and ends nothing.
"""

import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from memory_hub.core.errors import BadInput, pointer_step

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
OPERATORS = ("$eq", "$ne", *_ORDER)


def check(asked: Any, pointer: str = "/filter") -> None:
    """Raises BadInput for an operator that there is none of."""
    if isinstance(asked, list):
        for place, one in enumerate(asked):
            check(one, f"{pointer}/{place}")
    elif isinstance(asked, Mapping):
        for name, one in asked.items():
            here = pointer + pointer_step(name)
            if name.startswith("$") and (name not in OPERATORS or pointer == "/filter"):
                known = ", ".join(OPERATORS)
                raise BadInput.at(here, "unknown-operator", f"Known are, of a member: {known}.")
            check(one, here)


def is_met(value: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether each member of a value that is asked for is as it is to be."""
    return all(_is_like(value.get(name), one) for name, one in asked.items())


def _is_like(found: Any, asked: Any) -> bool:
    if isinstance(asked, Mapping):
        if any(name.startswith("$") for name in asked):
            return all(_meets(found, name, one) for name, one in asked.items())
        return isinstance(found, Mapping) and is_met(found, asked)
    if isinstance(asked, list):
        same = isinstance(found, list) and len(found) == len(asked)
        return same and all(map(_is_like, found, asked))
    return isinstance(found, bool) == isinstance(asked, bool) and found == asked


def _meets(found: Any, name: str, asked: Any) -> bool:
    if name in _ORDER:
        pair = _comparable(found, asked)
        return pair is not None and _ORDER[name](*pair)
    is_same = _is_like(found, asked)
    return is_same if name == "$eq" else not is_same


def _comparable(found: Any, asked: Any) -> tuple[Any, Any] | None:
    """Both as numbers, or both as texts."""
    if any(
        isinstance(one, bool) or not isinstance(one, str | int | float) for one in (found, asked)
    ):
        return None
    if not (isinstance(found, str) and isinstance(asked, str)):
        with suppress(ValueError):
            return float(found), float(asked)
        return None
    return found, asked
