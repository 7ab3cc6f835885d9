"""Moments that people ask for."""

import re
from datetime import UTC, datetime

from django.http import HttpRequest

from memory_hub.core.errors import BadInput

# What a browser sends of a field for a date and a time, which knows of no time zone.
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?", re.ASCII)


def moment_in(request: HttpRequest, name: str) -> datetime | None:
    """The moment of this parameter: RFC 3339, or without an offset in UTC; None without one.
    Raises BadInput."""
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if _LOCAL.fullmatch(text) else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        detail = "A time such as 2030-01-31T12:00:00Z is expected, with an offset."
        raise BadInput.at(f"query:{name}", "not-time", detail) from None
