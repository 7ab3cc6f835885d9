"""When a note was made and changed, as its front matter has it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from memory_hub.core.text import rfc3339

_EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)
# What note programs call them, the first that holds a date counts.
_NAMES = {
    "created_at": ("created_at", "created", "date created", "date"),
    "updated_at": ("updated_at", "updated", "modified", "date modified", "lastmod"),
}


def dates(block: Mapping[str, Any]) -> dict[str, str]:
    """``created_at`` and ``updated_at`` in RFC 3339, as far as they are told.

    A date without a time is its midnight, a time without an offset is taken for UTC. What is no
    date, or lies in the future, is told nowhere but in the metadata.
    """
    found = {}
    for ours, theirs in _NAMES.items():
        moments = (_moment(block[name]) for name in theirs if name in block)
        if moment := next((one for one in moments if one), None):
            found[ours] = moment
    if (
        "created_at" in found
        and "updated_at" in found
        and found["updated_at"] < found["created_at"]
    ):
        del found["updated_at"]
    return {name: rfc3339(moment) for name, moment in found.items()}


def mapped(value: Any) -> Any:
    """A field that was named as one of our dates, in RFC 3339 where it is a date at all."""
    moment = _moment(value)
    return rfc3339(moment) if moment else value


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        moment = parse_datetime(text)
        day: date | None = None if moment else parse_date(text)
    except ValueError:
        return None
    if day:
        moment = datetime.combine(day, time())
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        aware = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return aware if _EARLIEST <= aware <= datetime.now(UTC) else None
