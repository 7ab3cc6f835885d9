"""Writing memories as JSON Lines of the create shape."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import orjson
from django.db.models import Q, QuerySet

from memory_hub.text import rfc3339
from superthread.models import Memory, Scope
from superthread.transfer.sources import OWN_SOURCE

PAGE = 64  # memories read at a time: 64 MiB at worst


def lines(chosen: Q, *, sources: bool) -> Iterator[bytes]:
    """A line for each memory, oldest first. ``sources`` names each memory, so that a later import
    of a later export changes it instead of saving another."""
    last = 0
    while page := list(_after(last, chosen)):
        for row in page:
            yield _line(row, sources)
        last = page[-1]["id"]


def _after(last: int, chosen: Q) -> QuerySet:
    columns = ("id", "doc_id", "content", "scope", "category", "team__key", "metadata")
    found = Memory.objects.filter(chosen, pk__gt=last).order_by("pk")
    return found.values(*columns, "expires_at")[:PAGE]


def _line(row: dict, sources: bool) -> bytes:
    memory = {
        "content": row["content"],
        "scope": Scope(row["scope"]).label,
        "category": row["category"],
        "metadata": row["metadata"],
    }
    if row["team__key"] is not None:
        memory["team_key"] = row["team__key"]
    if row["expires_at"] is not None:
        memory["expires_at"] = rfc3339(row["expires_at"])
    if sources:
        memory["source"] = f"{OWN_SOURCE}{row['doc_id']}"
    return orjson.dumps(memory, option=orjson.OPT_APPEND_NEWLINE)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when it is complete and on the disk, or not at all.

    It is readable by its owner alone. Raises OSError.
    """
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
