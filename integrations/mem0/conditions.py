"""What one condition of a filter asks of a memory, and how conditions go together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from superthread.reads.filters import same
from superthread.reads.representation import Row

MISSING = object()


@dataclass(frozen=True, slots=True)
class Compared:
    """What is found at ``path`` (a column, or ``metadata`` and a key) in the relation ``operator``
    to ``value``. What is not there is unlike everything and in no other relation."""

    path: tuple[str, ...]
    operator: str
    value: Any

    def met_by(self, row: Row) -> bool:
        """Whether it is so."""
        found: Any = row
        for name in self.path:
            if not isinstance(found, dict) or name not in found:
                found = MISSING
                break
            found = found[name]
        return OPERATORS[self.operator](found, self.value)


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Any, ...]

    def met_by(self, row: Row) -> bool:
        """Whether all are met."""
        return all(part.met_by(row) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Any, ...]

    def met_by(self, row: Row) -> bool:
        """Whether one is met."""
        return any(part.met_by(row) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: Any

    def met_by(self, row: Row) -> bool:
        """Whether it is not met."""
        return not self.part.met_by(row)


def _equal(found: Any, value: Any) -> bool:
    if isinstance(found, list) and not isinstance(value, list):
        return any(same(one, value) for one in found)
    return found is not MISSING and same(found, value)


def _within(found: Any, values: list[Any]) -> bool:
    return any(_equal(found, value) for value in values)


def _holds(found: Any, value: Any) -> bool:
    """A list with it, a text with it in it."""
    if isinstance(found, list):
        return any(same(one, value) for one in found)
    return isinstance(found, str) and isinstance(value, str) and value in found


def _folded(value: Any) -> Any:
    if isinstance(value, list):
        return [_folded(one) for one in value]
    return value.casefold() if isinstance(value, str) else value


def _ordered(relation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(found: Any, value: Any) -> bool:
        return any(_is(kind, found) and _is(kind, value) for kind in _KINDS) and relation(
            found, value
        )

    return compare


_KINDS = ((int, float), (str,), (datetime,))


def _is(kind: tuple[type, ...], value: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _equal,
    "ne": lambda found, value: not _equal(found, value),
    "in": _within,
    "nin": lambda found, values: not _within(found, values),
    "contains": _holds,
    "icontains": lambda found, value: _holds(_folded(found), _folded(value)),
    "gt": _ordered(lambda found, value: found > value),
    "gte": _ordered(lambda found, value: found >= value),
    "lt": _ordered(lambda found, value: found < value),
    "lte": _ordered(lambda found, value: found <= value),
    "exists": lambda found, value: (found not in (MISSING, None)) is value,
}
