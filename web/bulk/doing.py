"""What is done with many memories at once, and what would undo it.

Each is judged as if it came alone, by the services of the batches; one that is refused harms none
of the others. What undoes a deed are changes that say what was there before, for the revision that
the deed made: what somebody has changed since stays as they have it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from memory_hub.accounts.principal import Principal
from memory_hub.api.serializers import validated
from memory_hub.core import deadline
from memory_hub.core.errors import HubError, NotFound, StaleRevision
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import ITEM
from superthread import policies
from superthread.merge_patch import MetadataPatch
from superthread.models import Scope
from superthread.reads.named import is_id, parse_id, row_of
from superthread.reads.representation import Row
from superthread.serializers.batches import UpdateItem
from superthread.services import batch, lifecycle
from superthread.services.batch import BatchChange
from superthread.services.batch_terms import BatchOptions, BatchOutcome
from web import problems

# Memories at a time: a form has 1 000 fields at most.
MOST = 900
TAGS = "tags"
# What a deed changes of a memory: its fields, given its row. Raises HubError.
Planned = Callable[[Row], dict[str, Any]]


@dataclass
class Done:
    """How many it was done to, which it was refused for and why, and the changes that undo it: of
    what is in the trash now, ``back`` alone."""

    count: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)
    undo: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, told: Any) -> "Done":
        """What a page was told of the parts before; nothing of what is no such thing."""
        if not isinstance(told, dict):
            return cls()
        count = told.get("count")
        refused, undo = _named_in(told.get("refused")), _named_in(told.get("undo"))
        return cls(count if isinstance(count, int) else 0, refused, undo)

    def and_then(self, other: "Done") -> "Done":
        """Both together."""
        return Done(self.count + other.count, self.refused + other.refused, self.undo + other.undo)

    def refuse(self, doc_id: str, title: str, error: HubError) -> None:
        self.refused.append({"doc_id": doc_id, "title": title, "why": problems.sentence(error)})


def change(doc_ids: Sequence[str], planned: Planned, *, by: Principal) -> Done:
    """Gives each memory the fields that are planned for it, if it is as it was when they were."""
    charge(ITEM * len(doc_ids))
    done, changes, rows = Done(), [], []
    for doc_id, row in _rows(doc_ids, by):
        try:
            if row is None:
                raise NotFound(policies.ABSENT)
            changes.append(_change(doc_id, row["revision"], planned(row)))
        except HubError as error:
            done.refuse(doc_id, row["title"] if row else "", error)
        else:
            rows.append(row)
    outcomes = _carried_out(batch.Changes(changes, by=by))
    for wanted, row, outcome in zip(changes, rows, outcomes, strict=True):
        if isinstance(outcome, HubError):
            done.refuse(wanted.doc_id, row["title"], outcome)
            continue
        done.count += 1
        if outcome["revision"] != row["revision"]:
            before = {name: _told(row, name) for name in wanted.changes}
            done.undo.append(
                {"doc_id": wanted.doc_id, "revision": outcome["revision"], **_joined(before)}
            )
    return done


def again(items: list[Any], *, by: Principal) -> Done:
    """Carries out changes such as ``Done.undo`` has."""
    wanted = {one["doc_id"]: one for one in _named_in(items)}
    if any(one.get("back") for one in wanted.values()):
        return bring_back(list(wanted), by=by)

    def planned(row: Row) -> dict[str, Any]:
        item = wanted[str(row["doc_id"])]
        if row["revision"] != item.get("revision"):
            raise StaleRevision(current=row["revision"])
        return {name: value for name, value in item.items() if name not in ("doc_id", "revision")}

    return change(list(wanted), planned, by=by)


def delete(doc_ids: Sequence[str], *, by: Principal) -> Done:
    """Moves memories to the trash."""
    charge(ITEM * len(doc_ids))
    done = Done()
    titles = {doc_id: row["title"] if row else "" for doc_id, row in _rows(doc_ids, by)}
    for doc_id, outcome in zip(doc_ids, _carried_out(batch.Deletions(doc_ids, by=by)), strict=True):
        if isinstance(outcome, HubError):
            done.refuse(doc_id, titles[doc_id], outcome)
        else:
            done.count += 1
            done.undo.append({"doc_id": doc_id, "back": True})
    return done


def bring_back(doc_ids: Sequence[str], *, by: Principal, without_path: bool = False) -> Done:
    """Takes memories out of the trash; ``without_path`` where somebody has their path by now."""
    named = {"path": None} if without_path else None
    return _each(doc_ids, lambda doc_id: lifecycle.undelete(doc_id=doc_id, by=by, named=named))


def purge(doc_ids: Sequence[str], *, by: Principal) -> Done:
    """Deletes memories for good."""
    return _each(doc_ids, lambda doc_id: lifecycle.purge(doc_id=doc_id, by=by))


def _each(doc_ids: Sequence[str], deed: Callable[[str], Any]) -> Done:
    charge(ITEM * len(doc_ids))
    done = Done()
    for doc_id in doc_ids:
        deadline.require_time()
        try:
            deed(doc_id)
        except HubError as error:
            done.refuse(doc_id, "", error)
        else:
            done.count += 1
    return done


def _carried_out(items: batch.Batch) -> list[BatchOutcome]:
    """What became of each, in transactions of bounded size."""
    outcomes: list[BatchOutcome] = []
    while len(outcomes) < len(items.items):
        deadline.require_time()
        part = items.prepare(len(outcomes), BatchOptions())
        with transaction.atomic():
            outcomes += part.carry_out()
    return outcomes


def _rows(doc_ids: Sequence[str], by: Principal) -> Iterable[tuple[str, Row | None]]:
    for doc_id in doc_ids:
        yield doc_id, row_of(doc_id=parse_id(doc_id), by=by) if is_id(doc_id) else None


def _change(doc_id: str, revision: int, fields: dict[str, Any]) -> BatchChange:
    """Raises HubError for fields that the API would refuse."""
    named = {name: value for name, value in fields.items() if name != TAGS}
    changes = validated(UpdateItem(), named | {"doc_id": doc_id}) if named else {}
    if isinstance(changes, HubError):
        raise changes
    changes.pop("doc_id", None)
    if TAGS in fields:
        changes["metadata"] = MetadataPatch({TAGS: fields[TAGS]})
    return BatchChange(doc_id, changes, revision)


def _told(row: Row, name: str) -> Any:
    """What the memory has as this field, as a change says it."""
    if name == "scope":
        return Scope(row["scope"]).label
    return row["metadata"].get(TAGS) if name == "metadata" else row[name]


def _joined(before: dict[str, Any]) -> dict[str, Any]:
    """The same as the fields of a deed."""
    if "metadata" in before:
        before[TAGS] = before.pop("metadata")
    if before.get("scope") not in (None, Scope.TEAM.label):
        before.pop("team_key", None)
    return before


def _named_in(items: Any) -> list[dict[str, Any]]:
    return [one for one in items if _is_named(one)] if isinstance(items, list) else []


def _is_named(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("doc_id"), str)
