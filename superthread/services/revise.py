"""Changing a memory."""

from typing import Any, NamedTuple

from django.db import transaction

from memory_hub.accounts.models import Membership
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict
from superthread import policies
from superthread.merge_patch import MetadataPatch
from superthread.models import Scope
from superthread.reads.named import parse_id, row_of
from superthread.reads.representation import Row
from superthread.restricted import require_within
from superthread.scanning.judging import JUDGED, is_on, judge_change
from superthread.search.index.indexer import Contents
from superthread.services import holds, operators, places
from superthread.services.steps import writing
from superthread.text_patch import TextReplacement

PLACING = ("scope", "team_key")
# Changes that are worked out from what is there.
PATCHES = (MetadataPatch, TextReplacement)
ADMINISTERED = (*PLACING, "path")
# Characters of a content; shorter ones are counted in some milliseconds.
LONG = 8_192
# Where texts are looked through: that takes a millisecond at most of one that is shorter.
LONG_TO_LOOK_THROUGH = 1_024


class Revision(NamedTuple):
    """A PATCH before its transaction; ``contents`` where it changes the content."""

    doc_id: str
    changes: dict[str, Any]
    expected: set[int] | None
    contents: Contents | None


def revise(
    *, doc_id: str, changes: dict[str, Any], by: Principal, expected: set[int] | None = None
) -> Row:
    """Applies the changed fields of a PATCH; fields that hold already change nothing.

    Editors change content, category, metadata and expires_at; scope, team_key and path need an
    administrator. Raises NotFound, RoleTooLow, BadInput, MissingScope, TokenRestricted,
    StaleRevision, Taken.
    """
    return write(prepare(doc_id=doc_id, changes=changes, by=by, expected=expected), by=by)


def prepare(
    *, doc_id: str, changes: dict[str, Any], by: Principal, expected: set[int] | None = None
) -> Revision:
    """Counts the new content, if there is one, and looks it through before the transaction. Raises
    as ``revise`` does.

    For a long one the memory is looked at first: a change that is refused, or is none, shall not
    cost the counting. So it is for one that is a replacement in the text that is there, and where
    that text is what has to be looked through.
    """
    content = changes.get("content")
    if content is None and not (is_on() and any(name in changes for name in JUDGED)):
        return Revision(doc_id, changes, expected, None)
    if isinstance(content, str) and len(content) < (LONG_TO_LOOK_THROUGH if is_on() else LONG):
        return Revision(doc_id, changes, expected, Contents.counted(content))
    row = row_of(doc_id=parse_id(doc_id), by=by)
    # What is found in the texts is remembered for under the lock.
    real = real_changes(writing.required(row, least_role(changes), expected), changes, by)
    contents = Contents.of_memory(row | real) if "content" in real else None
    return Revision(doc_id, changes, expected, contents)


@transaction.atomic
def write(revision: Revision, *, by: Principal) -> Row:
    """Carries out what ``prepare`` prepared; judges it again, under the lock. After a rename the
    row has the path of before as ``old_path``."""
    doc_id, changes, expected, contents = revision
    row = writing.locked(doc_id=doc_id, by=by, least=least_role(changes), expected=expected)
    real = real_changes(row, changes, by)
    if not real:
        return row
    changed = writing.apply(row, real, by=by, contents=contents)
    if "path" in real:
        changed = {**changed, "old_path": row["path"]}
    # In another place the caller's team may give another role, or none.
    return {**changed, "role": policies.role_of(row["id"], by)} if "team_id" in real else changed


@transaction.atomic
def overwrite(memory_id: int, changes: dict[str, Any], *, by: Principal) -> Row:
    """The same by an operator, for an owner who may not be in the memory's team. Raises Conflict
    where it is in the trash."""
    row = operators.locked_row(memory_id)
    real = real_changes(row, changes, by)
    return writing.apply(row, real, by=by) if real else row


def real_changes(row: Row, changes: dict[str, Any], by: Principal) -> dict[str, Any]:
    """The columns that a PATCH of these fields would change. Raises BadInput, MissingScope, OnHold,
    HoldsSecret, and TokenRestricted where they would make it what the token is not for."""
    wanted = {
        name: value.onto(row[name]) if isinstance(value, PATCHES) else value
        for name, value in changes.items()
        if name not in PLACING
    }
    real = {name: value for name, value in wanted.items() if not _same(row[name], value)}
    moved = _moved(row, changes, by) if any(name in changes for name in PLACING) else {}
    require_within(by, row | real | moved)
    judge_change(row, real | moved)
    return real | moved


def least_role(changes: dict[str, Any]) -> policies.Role:
    """The role a PATCH of these fields needs."""
    administered = any(name in changes for name in ADMINISTERED)
    return policies.Role.ADMIN if administered else policies.Role.EDITOR


def _same(old: Any, new: Any) -> bool:
    """Equal and of one JSON type: 1, 1.0 and true are three values to a reader."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_same(*pair) for pair in zip(old, new, strict=True))
    numbers = isinstance(old, bool | float | int) and isinstance(new, bool | float | int)
    return old == new and (not numbers or type(old) is type(new))


def _moved(row: Row, changes: dict[str, Any], by: Principal) -> dict[str, Any]:
    """The columns of a new place, none where it is the present one."""
    scope = changes.get("scope", Scope(row["scope"]).label)
    team_key = changes.get("team_key", row["team_key"] if scope == "team" else None)
    if (scope, team_key) == (Scope(row["scope"]).label, row["team_key"]):
        return {}
    place = places.place_for(by, scope, team_key)
    holds.require_free_to_leave(row["team_id"])
    moved = {"scope": int(place.scope), "team_id": place.team_id, "team_key": place.team_key}
    if row["owner_id"] == by.user_id:
        return moved
    if row["team_id"] is not None and not policies.is_owner_present(row["id"]):
        return moved | _taken_over(row, by)
    if place.team_id is not None:
        _require_owner_in(place.team_id, row)
    return moved


def _taken_over(row: Row, by: Principal) -> dict[str, Any]:
    """What somebody left behind in a team would be theirs again elsewhere: it becomes that of the
    team's admin who moves it."""
    if row["role"] < policies.Role.OWNER:
        raise Conflict("The memory's owner is not in the team any more: its admins move it.")
    return {"owner_id": by.user_id, "owner_email": by.email}


def _require_owner_in(team_id: int, row: Row) -> None:
    """An administrator must not move a memory out of its owner's reach."""
    if not Membership.objects.filter(team_id=team_id, email=row["owner_email"]).exists():
        raise Conflict("The memory's owner is not in that team.")
