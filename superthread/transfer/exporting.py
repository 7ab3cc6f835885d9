"""Writing memories as JSON Lines that import again as they were.

A memory with its history is a line for each of its versions, in their order and under one source;
the last one has the present state and what belongs to no version.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import orjson
from django.db.models import F, Q, QuerySet, Value

from memory_hub.accounts.principal import Principal
from memory_hub.core.text import rfc3339
from superthread.models import Grant, GrantRole, Memory, Scope, Version
from superthread.policies import Role, effective_role
from superthread.transfer.sources import OWN_SOURCE

# Memories read at a time: 64 MiB at worst.
PAGE = 64
_COLUMNS = ("id", "doc_id", "content", "scope", "path", "category", "metadata", "expires_at")
_COLUMNS += ("created_at", "updated_at", "revision", "version", "role", "team_key", "owner_email")
_COLUMNS += ("owner_id", "deleted_at", "deleted_by__email")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What lines tell beside the present state. ``plain``: nothing that the API would refuse."""

    plain: bool = False
    sources: bool = False
    history: bool = False
    grants: bool = False


# What is told of each memory that goes into a file: its number and its owner's.
Shown = Callable[[int, int], Any]


def lines(
    chosen: Q, wanted: ExportOptions, *, by: Principal | None, shown: Shown | None = None
) -> Iterator[list[bytes]]:
    """The lines of each memory, oldest first. ``by`` is who reads them: history is for editors and
    grants for administrators; None, the operator, gets all."""
    last = UUID(int=0)
    while page := list(_after(last, chosen, by)):
        granted = _granted(page) if wanted.grants else {}
        for row in page:
            if shown is not None:
                shown(row["id"], row["owner_id"])
            yield list(_lines(row, granted.get(row["id"], {}), wanted))
        last = page[-1]["doc_id"]


def _after(last: UUID, chosen: Q, by: Principal | None) -> QuerySet:
    """In the order of ids: they grow with time, and a hub that was brought back has the same."""
    role = effective_role(by) if by else Value(Role.OWNER.value)
    found = Memory.objects.filter(chosen, doc_id__gt=last).order_by("doc_id")
    named = found.annotate(role=role, team_key=F("team__key"), owner_email=F("owner__email"))
    return named.values(*_COLUMNS)[:PAGE]


def _granted(page: list[dict[str, Any]]) -> dict[int, dict[str, dict[str, str]]]:
    """By memory: ``grants`` that are accepted, ``offers`` that are not yet, since when,
    ``offered_at``, and who made those that the owner did not, ``offered_by``."""
    owners = {row["id"]: row["owner_email"] for row in page if row["role"] >= Role.ADMIN}
    granted: dict[int, dict[str, dict[str, str]]] = {}
    found = Grant.objects.filter(memory_id__in=owners).order_by("email")
    columns = ("memory_id", "email", "role", "accepted", "offered_by", "offered_at")
    for memory_id, email, role, accepted, sender, moment in found.values_list(*columns):
        told = granted.setdefault(memory_id, {})
        told.setdefault("grants" if accepted else "offers", {})[email] = GrantRole(role).label
        if not accepted:
            told.setdefault("offered_at", {})[email] = rfc3339(moment)
        if not accepted and sender not in ("", owners[memory_id]):
            told.setdefault("offered_by", {})[email] = sender
    return granted


def _lines(
    row: dict[str, Any], granted: Mapping[str, dict[str, str]], wanted: ExportOptions
) -> Iterator[bytes]:
    memory = _state(row, row, wanted)
    if wanted.history and row["role"] >= Role.EDITOR:
        memory["revision"] = row["revision"]
        for version in _versions(row):
            told = _told(version)
            if version["number"] < row["version"]:
                yield _packed(_state(row, version, wanted) | {"version": told})
            else:
                memory["version"] = told
    if not wanted.plain:
        memory["updated_at"] = rfc3339(row["updated_at"])
    yield _packed(memory | granted)


def _state(row: dict[str, Any], state: dict[str, Any], wanted: ExportOptions) -> dict[str, Any]:
    """A state of the memory in the create shape, at its present place."""
    memory = {
        "content": state["content"],
        "scope": Scope(row["scope"]).label,
        "category": state["category"],
        "metadata": state["metadata"],
    }
    if state["path"] is not None:
        memory["path"] = state["path"]
    if row["team_key"] is not None:
        memory["team_key"] = row["team_key"]
    if row["deleted_at"] is not None:
        memory["deleted_at"] = rfc3339(row["deleted_at"])
        memory["deleted_by"] = row["deleted_by__email"]
    if row["expires_at"] is not None:
        memory["expires_at"] = rfc3339(row["expires_at"])
    if not wanted.plain:
        memory |= {"owner": row["owner_email"], "created_at": rfc3339(row["created_at"])}
    if wanted.sources or wanted.history or wanted.grants:
        memory["source"] = f"{OWN_SOURCE}{row['doc_id']}"
    return memory


def _versions(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    versions = Version.objects.filter(memory_id=row["id"], number__lte=row["version"])
    columns = ("version_id", "number", "description", "author__email", "created_at", "redacted_at")
    found = versions.order_by("number").values(*columns, "content", "path", "category", "metadata")
    # A few at a time: each may have a megabyte.
    return found.iterator(chunk_size=8)


def _told(version: dict[str, Any]) -> dict[str, Any]:
    return {
        "version_id": str(version["version_id"]),
        "number": version["number"],
        "description": version["description"],
        "author": version["author__email"],
        "created_at": rfc3339(version["created_at"]),
        **({"redacted_at": rfc3339(version["redacted_at"])} if version["redacted_at"] else {}),
    }


def _packed(line: dict[str, Any]) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


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
