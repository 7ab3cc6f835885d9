"""Other people's names of what we have: ``--map THEIRS=OURS``, ``--rest metadata``."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from superthread.transfer.dates import mapped

OURS = ("content", "scope", "path", "category", "team_key", "expires_at", "created_at")
OURS = (*OURS, "updated_at", "source", "metadata")
_DATES = {("created_at",), ("updated_at",)}


class BadMapping(ValueError):
    """The rule cannot be followed, by its form or for this line; the message says why."""


class FieldMap:
    """Where each of a file's fields goes: to a field of ours or to a place in the metadata."""

    def __init__(self, rules: Iterable[tuple[str, str]] = (), *, rest: bool = False) -> None:
        """``rules`` are pairs (theirs, ours); ours is one of OURS or ``metadata.a.b``. With
        ``rest`` a field that nobody knows goes to the metadata under its own name.

        Raises BadMapping for a name of ours that there is not.
        """
        self.rest = rest
        self._places = {theirs: _place(ours) for theirs, ours in rules}

    def __call__(
        self, fields: Mapping[str, Any], *, known: Container[str], rest: bool = False
    ) -> dict[str, Any]:
        """The fields under our names; ``known`` are those that need no rule.

        Raises BadMapping where two of them go to one place, or one into a value that is no object.
        """
        made: dict[str, Any] = {}
        for name, value in fields.items():
            place = self._places.get(name)
            if place in _DATES:
                value = mapped(value)
            if place is None:
                aside = name not in known and (rest or self.rest)
                place = ("metadata", name) if aside else (name,)
            _put(made, place, value)
        return made


def _place(ours: str) -> tuple[str, ...]:
    place = tuple(ours.split("."))
    inside = place[0] == "metadata" and all(place)
    if not inside and ours not in OURS:
        raise BadMapping(f"There is no {ours}; ours are: {', '.join(OURS)}, metadata.NAME.")
    return place


def _put(made: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    inner = made
    for name in place[:-1]:
        inner = inner.setdefault(name, {})
        if not isinstance(inner, dict):
            raise BadMapping(f"{'.'.join(place)} would stand inside what is no object.")
    last = place[-1]
    if place == ("metadata",) and isinstance(value, dict) and isinstance(made.get(last), dict):
        for name, item in value.items():
            _put(made, (last, name), item)
    elif last in inner:
        raise BadMapping(f"Two fields go to {'.'.join(place)}.")
    else:
        inner[last] = value
