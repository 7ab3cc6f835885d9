"""Long tables read some rows at a time, by a key."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet


def in_parts(rows: QuerySet[Any, Any], key: str, at_once: int) -> Iterator[list[Any]]:
    """All rows in the order of a key above 0: nobody waits for it, and no cursor stays open."""
    last = 0
    while part := list(rows.filter(**{f"{key}__gt": last}).order_by(key)[:at_once]):
        yield part
        last = getattr(part[-1], key)
