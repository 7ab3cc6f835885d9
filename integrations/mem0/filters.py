"""Filters of mem0: ``{"AND": [{"user_id": "ann"}, {"created_at": {"gte": "2026-01-01"}}]}``.

What an index answers (for whom, when made and changed, where it has to be so) becomes the hub's own
filters; of the rest the memories are looked at.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from rest_framework.exceptions import ValidationError

from integrations.mem0.conditions import OPERATORS, AllOf, AnyOf, Compared, Not
from memory_hub.api.fields import Instant, JsonObject, Text
from memory_hub.core.errors import BadInput, pointer_step
from superthread.identifiers import LONGEST, NAMES, is_value
from superthread.reads.filters import Filters, Identified

# Conditions, and levels of AND, OR and NOT.
MOST, DEEPEST = 100, 8
ANY = "*"
MOMENTS = ("created_at", "updated_at")
_TAGS = ("metadata", "tags")
KNOWN = (*NAMES, *MOMENTS, "categories", "metadata")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# The finest that moments are told apart by.
_TICK = timedelta(microseconds=1)
_WHOLE = JsonObject(size=16_384, depth=12, keys=1_000)
_ID = Text(max_length=LONGEST)
_NOTHING = (
    'Say whose memories: filters such as {"user_id": "ann"}. Without any nobody can tell; what the '
    'token may see of everybody is {"user_id": "*"}.'
)


def filters_of(asked: Any, categories: Iterable[str] = (), at: str = "/filters") -> Filters:
    """The filters that a client's object asks for, and one of these categories where there are
    any. Raises BadInput, also where nothing is asked."""
    try:
        asked = _WHOLE.run_validation(asked)
    except ValidationError as error:
        raise BadInput.at(at, "malformed", str(error.detail[0])) from error
    if not asked:
        raise BadInput.at(at, "required", _NOTHING)
    parts = list(_flat(_Reading().part(asked, at, 0)))
    named = tuple(categories)
    if named:
        parts.append(Compared(_TAGS, "in", list(named)))
    return _indexed(parts)


def identifiers_of(asked: Any, at: str = "/filters") -> dict[str, str]:
    """The identifiers that an object names, each by one value, and nothing else. Raises BadInput
    for what asks anything more."""
    found: dict[str, str] = {}
    for part in _flat(_Reading().part(asked, at, 0)):
        name = part.path[-1] if isinstance(part, Compared) else ""
        if name not in NAMES or part.operator != "eq" or not isinstance(part.value, str):
            raise BadInput.at(at, "unclear", f"Only {', '.join(NAMES)} are taken here, as texts.")
        if found.setdefault(name, part.value) != part.value:
            raise BadInput.at(at, "contradiction", f"There are two values of {name}.")
    return found


class _Reading:
    """Makes conditions of JSON, counting them."""

    def __init__(self) -> None:
        self.count = 0

    def part(self, asked: Any, at: str, level: int) -> Any:
        """The condition of one object: all of its members."""
        if not isinstance(asked, dict):
            raise _bad(at, "An object is expected here.")
        if level > DEEPEST:
            raise _bad(at, f"Filters are nested at most {DEEPEST} deep.")
        parts = [
            self._member(name, value, at + pointer_step(name), level)
            for name, value in asked.items()
        ]
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _member(self, name: str, value: Any, at: str, level: int) -> Any:
        if name in ("AND", "OR", "NOT"):
            return self._together(name, value, at, level)
        if name in NAMES:
            return self._compared(("metadata", name), value, at, identifier)
        if name in MOMENTS:
            return self._compared((name,), value, at, _moment)
        if name == "categories":
            return self._compared(_TAGS, value, at, _any)
        if name == "metadata" and isinstance(value, dict) and value:
            parts = [
                self._compared(("metadata", key), one, at + pointer_step(key), _any)
                for key, one in value.items()
            ]
            return AllOf(tuple(parts))
        raise _bad(at, f"It is not known here; known are {', '.join(KNOWN)}, AND, OR and NOT.")

    def _together(self, name: str, value: Any, at: str, level: int) -> Any:
        listed = value if isinstance(value, list) else [value] if name == "NOT" else None
        if not listed:
            raise _bad(at, "A list with something in it is expected here.")
        parts = tuple(
            self.part(one, f"{at}/{number}", level + 1) for number, one in enumerate(listed)
        )
        if name == "NOT":
            return Not(AnyOf(parts))
        return AllOf(parts) if name == "AND" else _any_of(parts)

    def _compared(self, path: tuple[str, ...], value: Any, at: str, read: Any) -> Any:
        operators = value if isinstance(value, dict) and value else {"eq": value}
        if isinstance(value, list):
            operators = {"in": value}
        if read is _any and isinstance(value, dict) and not value.keys() <= OPERATORS.keys():
            operators = {"eq": value}  # metadata may be objects themselves
        parts = [self._one(path, name, one, at, read) for name, one in operators.items()]
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self, path: tuple[str, ...], operator: str, value: Any, at: str, read: Any) -> Any:
        self.count += 1
        if self.count > MOST:
            raise _bad(at, f"At most {MOST} conditions.")
        if operator not in OPERATORS:
            raise _bad(at, f"Known are {', '.join(OPERATORS)}.")
        if operator == "eq" and value == ANY:
            return Compared(path, "exists", True)
        if operator == "exists" or value is None:
            if operator not in ("exists", "eq", "ne") or not isinstance(value, bool | None):
                raise _bad(at, "true or false is expected here.")
            wanted = value if operator == "exists" else operator == "ne"
            return Compared(path, "exists", wanted)
        if operator in ("in", "nin"):
            if not isinstance(value, list) or len(value) > MOST:
                raise _bad(at, f"A list of at most {MOST} is expected here.")
            return Compared(path, operator, [read(one, at) for one in value])
        return Compared(path, operator, read(value, at))


def _bad(at: str, detail: str) -> BadInput:
    return BadInput.at(at, "malformed", f"{at}: {detail}")


def _any(value: Any, at: str) -> Any:
    return value


def identifier(value: Any, at: str) -> str:
    """A value as the hub takes it. Raises BadInput."""
    try:
        return _ID.run_validation(value)
    except ValidationError as error:
        raise _bad(at, str(error.detail[0])) from error


def _moment(value: Any, at: str) -> datetime:
    """A day stands for its beginning, in UTC."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = f"{value}T00:00:00Z"
    try:
        return Instant().run_validation(value)
    except ValidationError as error:
        raise _bad(at, str(error.detail[0])) from error


def _any_of(parts: tuple[Any, ...]) -> Any:
    """Of several values of one and the same member it is one of these."""
    if all(isinstance(one, Compared) and one.operator in ("eq", "in") for one in parts):
        paths = {one.path for one in parts}
        if len(paths) == 1:
            return Compared(paths.pop(), "in", [v for one in parts for v in _values(one)])
    return AnyOf(parts)


def _values(one: Compared) -> list[Any]:
    return one.value if one.operator == "in" else [one.value]


def _flat(part: Any) -> Iterator[Any]:
    """What all has to be met."""
    if isinstance(part, AllOf):
        for one in part.parts:
            yield from _flat(one)
    else:
        yield part


def _indexed(parts: Iterable[Any]) -> Filters:
    filters, tests = Filters(), []
    for part in parts:
        found = _with(filters, part) if isinstance(part, Compared) else None
        if found is None:
            tests.append(part)
        else:
            filters = found
    return replace(filters, tests=tuple(tests))


def _with(filters: Filters, one: Compared) -> Filters | None:
    """The filters and this condition, where an index answers it."""
    name = one.path[-1]
    if one.path[0] in MOMENTS:
        return _with_moment(filters, one)
    if name not in NAMES or len(one.path) != 2:
        return None
    if one.operator in ("eq", "in") and _values(one):
        # Said of the metadata it may be anything, and no index has what identifies nothing.
        if not all(map(is_value, _values(one))):
            return None
        named = Identified(name, tuple(dict.fromkeys(_values(one))))
    elif one.operator == "exists" and one.value:
        named = Identified(name)
    else:
        return None
    return replace(filters, identifiers=(*filters.identifiers, named))


def _with_moment(filters: Filters, one: Compared) -> Filters | None:
    """Ranges of the hub take their beginning and not their end."""
    column = one.path[0].removesuffix("_at")
    from_, before = f"{column}_from", f"{column}_before"
    if one.operator in ("gte", "gt"):
        begin = one.value + _TICK * (one.operator == "gt")
        present = getattr(filters, from_)
        return replace(filters, **{from_: max(present, begin) if present else begin})
    if one.operator in ("lt", "lte"):
        end = one.value + _TICK * (one.operator == "lte")
        present = getattr(filters, before)
        return replace(filters, **{before: min(present, end) if present else end})
    return None
