"""Cache keys of function calls: two different calls never share one."""

import dataclasses
from collections.abc import Callable, Hashable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

# Equal values of these are the same in every respect, once their type stands beside them.
_PLAIN = frozenset({str, bytes, int, bool, complex, type(None), UUID, date, timedelta})
# Of these, values that compare equal may still behave differently: -0.0 and 0.0, 1.0 and 1.00 of
# Decimal, one instant in two time zones.
_BY_REPR = frozenset({float, Decimal, datetime, time})


def call_key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Hashable:
    """A key for a call with these arguments; the order of keyword arguments does not matter.

    Raises TypeError for an argument that has no `__cache_key__` and whose identity as a value
    cannot be told: guessing would hand one caller another's result.
    """
    if not kwargs:
        return tuple([freeze(arg) for arg in args])
    named = tuple([(name, freeze(kwargs[name])) for name in sorted(kwargs)])
    return (tuple([freeze(arg) for arg in args]), named)


def freeze(value: Any) -> Hashable:
    """`value` as something hashable that is equal only for the same type and the same content."""
    kind = type(value)
    if kind in _PLAIN:
        return (kind, value)
    if kind in _BY_REPR:
        return (kind, repr(value))
    if kind is list or kind is tuple:
        return (kind, tuple([freeze(item) for item in value]))
    if kind is dict:
        # Order is kept: a function may render a dictionary in its order.
        return (kind, tuple([(freeze(name), freeze(item)) for name, item in value.items()]))
    if kind is set or kind is frozenset:
        return (kind, frozenset([freeze(item) for item in value]))
    return (kind, _freeze_object(value))


def _freeze_object(value: Any) -> Hashable:
    own: Callable[[], Hashable] | None = getattr(value, "__cache_key__", None)
    if own is not None:
        return own()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, PurePath):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple([freeze(getattr(value, f.name)) for f in dataclasses.fields(value)])
    raise TypeError(f"{type(value).__name__} has no __cache_key__, so no call with it is cached")
