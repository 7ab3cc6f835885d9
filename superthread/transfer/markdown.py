"""Memories as a tree of Markdown files, for people: a folder for each person, team and the public.

The front matter says what the API would; import_memories reads it again. What has passed, grants
and the trash are in the archive alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import yaml
from django.db.models import F, Q, QuerySet

from memory_hub.core.text import rfc3339
from superthread.models import Memory, Scope
from superthread.paths import NOTE
from superthread.transfer.exporting import PAGE, Shown
from superthread.transfer.folder import SUFFIXES
from superthread.transfer.formats.drafts import segment
from superthread.transfer.items import Kind, TransferOutcome, printable

_COLUMNS = (
    "id",
    "doc_id",
    "content",
    "scope",
    "path",
    "title",
    "category",
    "metadata",
    "expires_at",
)
_COLUMNS += ("created_at", "updated_at", "team_key", "owner_email", "owner_id")
# The folder of what has no path.
_UNNAMED = "unnamed"


def write(root: Path, chosen: Q) -> Iterator[TransferOutcome]:
    """Writes a file for each of the memories below ``root``, which is empty; what became of each.
    Raises OSError where nothing can be written there."""
    for row in _rows(chosen):
        name = _name(row)
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(_text(row))
        except OSError as error:
            yield TransferOutcome(Kind.FAILED, printable(name), f"{error.strerror}.")
        else:
            yield TransferOutcome(Kind.SAVED, printable(name))


def write_zip(file: BinaryIO, chosen: Q, *, shown: Shown) -> None:
    """The same tree as a ZIP; ``shown`` is called for each memory. Of two of one name, or of names
    that differ in their letters' case alone, the later has a part of its id in its own."""
    taken: set[str] = set()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for row in _rows(chosen):
            shown(row["id"], row["owner_id"])
            name = _name(row)
            if name.lower() in taken:
                stem, dot, suffix = name.rpartition(".")
                name = f"{stem} ({str(row['doc_id'])[-12:]}){dot}{suffix}"
            taken.add(name.lower())
            archive.writestr(name, _text(row))


def _rows(chosen: Q) -> Iterator[dict[str, Any]]:
    """In pages, between which nothing is open: whoever reads may write meanwhile."""
    last = UUID(int=0)
    while page := list(_after(last, chosen)):
        yield from page
        last = page[-1]["doc_id"]


def _after(last: UUID, chosen: Q) -> QuerySet:
    found = Memory.objects.filter(chosen, doc_id__gt=last).order_by("doc_id")
    named = found.annotate(team_key=F("team__key"), owner_email=F("owner__email"))
    return named.values(*_COLUMNS)[:PAGE]


def _name(row: dict[str, Any]) -> str:
    scope = Scope(row["scope"]).label
    whose = row["team_key"] or row["owner_email"]
    path = row["path"]
    if path is None:
        path = f"{_UNNAMED}/{segment(row['title'])} ({str(row['doc_id'])[-12:]})"
    suffix = "" if Path(path).suffix.lower() in SUFFIXES else NOTE
    return f"{scope}/{segment(whose)}/{path}{suffix}"


def _text(row: dict[str, Any]) -> str:
    """The content behind its front matter; of two of one name what the hub knows goes before."""
    own = {"scope": Scope(row["scope"]).label, "category": row["category"]}
    if row["team_key"]:
        own["team_key"] = row["team_key"]
    told = {"id": str(row["doc_id"]), "owner": row["owner_email"]}
    told |= {"created": rfc3339(row["created_at"]), "updated": rfc3339(row["updated_at"])}
    if row["expires_at"]:
        told["expires"] = rfc3339(row["expires_at"])
    head = {**own, **row["metadata"], **told, **own}
    block = yaml.safe_dump(head, allow_unicode=True, sort_keys=False)
    return f"---\n{block}---\n{row['content']}"
