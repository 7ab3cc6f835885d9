"""Versions: reading, naming, comparing and restoring them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.caching import valid_until
from memory_hub.core.budget import comparisons
from memory_hub.core.diff import unified_diff
from memory_hub.core.errors import BadInput, HubError
from memory_hub.core.outcomes import only
from memory_hub.events.telling import tell
from memory_hub.rate_limits.bill import charge
from superthread import policies
from superthread.events import MemoryChanged, MemoryKind, telling
from superthread.feed.shown import VERSION, note_shown
from superthread.models import Memory, Version
from superthread.models.space import PLACE
from superthread.prices import COMPARED_BYTES
from superthread.reads.named import find, is_id
from superthread.reads.representation import Row, instant_of
from superthread.reads.versions import (
    LISTED,
    STATE,
    WholeVersion,
    no_such_version,
    of_memory,
    represent,
    whole,
)
from superthread.restricted import require_within
from superthread.scanning.judging import found_in, judge_change
from superthread.search.index.indexer import Contents
from superthread.services.steps import writing
from superthread.services.steps.facts import granted_on
from superthread.services.steps.versioning import Kept, record_versions

_WHOLE = (*LISTED, *STATE)
# What a version does not put back, and the index knows of its memory.
_OF_MEMORY = "memory__"
_BESIDE = tuple(f"{_OF_MEMORY}{name}" for name in (*PLACE, "path"))


class VersionRedacted(HubError):
    status, code, title = 410, "version-redacted", "The text of the version was taken out"


class Restorable(NamedTuple):
    """A version that may be put back; None where there is no such one."""

    version: dict[str, Any] | None = None
    contents: Contents | None = None


def states(
    *, doc_id: str, by: Principal, most: int, most_bytes: int
) -> tuple[list[dict[str, Any]], bool]:
    """The newest versions with their contents, oldest of them first, and whether these are all; at
    most so many, of so many bytes in all but for the newest."""
    row = find(doc_id=doc_id, by=by, least=policies.Role.EDITOR)
    kept, size = [], 0
    newest = of_memory(row["id"], "number", "size").filter(number__lte=row["version"])
    for version in newest.order_by("-number")[: most + 1]:
        size += version["size"]
        if len(kept) == most or (kept and size > most_bytes):
            break
        kept.append(version["number"])
    found = of_memory(row["id"], *_WHOLE).filter(number__in=kept).order_by("number")
    note_shown(row["id"], row["owner_id"], by=by, kind=VERSION)
    return [represent(version, row["version"]) for version in found], kept[-1] == 1


def read_version(*, doc_id: str, version_id: str, by: Principal) -> dict[str, Any]:
    """One version with its content. Raises NotFound, RoleTooLow."""
    return shown_version(only(whole([(doc_id, version_id)], by=by, alone=True)), by=by)


def shown_version(found: WholeVersion, *, by: Principal) -> dict[str, Any]:
    """The same of one that was found."""
    valid_until(instant_of(found.row["expires_at"]))
    note_shown(found.row["id"], found.row["owner_id"], by=by, kind=VERSION)
    return found.version


@transaction.atomic
@telling()
def name_version(*, doc_id: str, description: str, by: Principal) -> dict[str, Any]:
    """A new version that keeps the present state under a description.

    The memory itself does not change, so its revision stays; the version gets the next number.
    """
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.EDITOR)
    kept = Kept(description, by.user_id, timezone.now())
    number = add_version(row, by=by, kept=kept)
    named = of_memory(row["id"], *LISTED).get(number=number)
    return represent(named, number)


def add_version(row: Row, *, by: Principal, kept: Kept) -> int:
    """Keeps the present state of a memory that the caller has checked and locked once more; returns
    the number."""
    number = row["version"] + 1
    Memory.objects.filter(pk=row["id"]).update(version=number)
    salts = record_versions([row["id"]], kept)
    tell(
        MemoryChanged(
            *(by.actor, by.origin, MemoryKind.VERSION_NAMED, row, row | {"version": number}),
            *(frozenset({"version"}), granted_on([row["id"]])[row["id"]], salts[row["id"]]),
        )
    )
    return number


@transaction.atomic
def restore(
    found: Restorable, *, doc_id: str, by: Principal, expected: set[int] | None = None
) -> Row:
    """Makes an old state the present one, as a new version; history is never rewritten.

    ``found`` is what ``restorable`` found before the transaction.
    """
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.EDITOR, expected=expected)
    return put_back(row, found, by=by)


def restorable(*, doc_id: str, version_id: str, by: Principal) -> Restorable:
    """A version of a memory that the caller may edit, made ready before the transaction.

    Nothing for anybody else: how long it takes would tell that it is there.
    """
    if not (is_id(doc_id) and is_id(version_id)):
        return Restorable()
    edited = policies.with_role(by).filter(doc_id=UUID(doc_id), role__gte=policies.Role.EDITOR)
    return made_ready(Version.objects.filter(memory__in=edited.values("pk"), version_id=version_id))


def made_ready(versions: QuerySet[Version]) -> Restorable:
    """The one of these versions, which never changes, with its content prepared for the index."""
    version = versions.values("memory_id", "number", *_BESIDE, *writing.RESTORED).first()
    if version is None:
        return Restorable()
    beside = {name.removeprefix(_OF_MEMORY): version.pop(name) for name in _BESIDE}
    # What is found is remembered for under the lock.
    found_in({**version, "scope": beside["scope"]})
    state = {**version, **beside, "id": version["memory_id"]}
    return Restorable(version, Contents.of_memory(state))


def put_back(row: Row, found: Restorable, *, by: Principal) -> Row:
    """Restores a version of a memory that the caller has checked and locked. Raises
    TokenRestricted where that puts it into a category that the token is not for, VersionRedacted
    where there is nothing to restore."""
    # Looked up before the lock: it may have been redacted since.
    if found.version is None:
        raise no_such_version()
    number = found.version["number"]
    present = Version.objects.filter(memory_id=row["id"], number=number)
    _require_text(number, present.values_list("redacted_at", flat=True).get())
    old = {name: found.version[name] for name in writing.RESTORED}
    require_within(by, row | old)
    judge_change(row, old)
    return writing.apply(
        row,
        old,
        by=by,
        kept=Kept(f"restored from version {found.version['number']}", by.user_id),
        contents=found.contents,
    )


def _require_text(number: int, redacted_at: datetime | None) -> None:
    """Raises VersionRedacted where a version has no text any more."""
    if redacted_at is not None:
        raise VersionRedacted(f"Version {number} was redacted.")


class Compared(NamedTuple):
    """Two versions whose texts may be compared: content, category, path and metadata of each."""

    row: Row
    old: dict[str, Any]
    new: dict[str, Any]


def compared(*, doc_id: str, by: Principal, old: int, new: int | None) -> Compared:
    """Two versions by number for a comparison, which is paid for; ``new`` defaults to the current
    one.

    Raises Spent where too much is being compared, VersionRedacted where there is nothing to.
    """
    row = find(doc_id=doc_id, by=by, least=policies.Role.EDITOR)
    new = row["version"] if new is None else new
    wanted = Version.objects.filter(memory_id=row["id"], number__in={old, new})
    rows = list(wanted.values_list("number", "size", "redacted_at"))
    sizes = {number: size for number, size, _ in rows}
    for name, number in (("from", old), ("to", new)):
        if number not in sizes:
            raise BadInput.at(f"query:{name}", "no-such-version", f"There is no version {number}.")
    for number, _, redacted_at in rows:
        _require_text(number, redacted_at)
    charge_for_comparing(sum(sizes.values()))
    texts = {one["number"]: one for one in of_memory(row["id"], *_WHOLE).filter(number__in=sizes)}
    note_shown(row["id"], row["owner_id"], by=by, kind=VERSION)
    return Compared(row, texts[old], texts[new])


def charge_for_comparing(size: int) -> None:
    """Pays for the comparison of texts of so many bytes in all. Raises RateLimited, Spent."""
    charge(size // COMPARED_BYTES)
    comparisons.take_for_unit(size)


def diff_versions(*, doc_id: str, by: Principal, old: int, new: int | None) -> dict[str, Any]:
    """The unified diff of two versions' contents by number. Raises as ``compared`` does."""
    _, first, second = compared(doc_id=doc_id, by=by, old=old, new=new)
    old, new = first["number"], second["number"]
    text = unified_diff(first["content"], second["content"], f"version {old}", f"version {new}")
    return {"from": old, "to": new, "diff": text}
