"""Many memories in one transaction; each is judged as if it came alone.

Items are given in order, those that were refused before as their error. Outcomes come in the same
order: the memory's row, the error, or None for a memory that a dry run would have saved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from memory_hub.accounts.principal import Principal
from memory_hub.errors import HubError
from superthread.policies import Role
from superthread.representation import Row
from superthread.services import lifecycle, revise, writing
from superthread.services.save import Draft, save_all

T = TypeVar("T")
Outcome = Row | HubError | None


class NotCarriedOut(HubError):
    status, code, title = 424, "not-carried-out", "Another item of the atomic batch was refused"


@dataclass(frozen=True, slots=True)
class How:
    """``atomic``: all or none. ``dry_run``: judge everything, write nothing."""

    atomic: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a memory; ``expected`` is the revision the caller read, if it matters.

    ``changes`` may be the error of bad input: whoever may not see the memory is not told about it.
    """

    doc_id: str
    changes: dict[str, Any] | HubError
    expected: int | None = None


def save(drafts: Sequence[Draft | HubError], *, by: Principal, how: How) -> list[Outcome]:
    """Saves the drafts."""

    def placed(draft: Draft) -> Draft:
        writing.place_for(by, draft.scope, draft.team_key)
        return draft

    judged = [_judge(placed, draft) for draft in drafts]
    return _carry_out(judged, lambda good: save_all(good, by=by), how, lambda draft: None)


@transaction.atomic
def change(items: Sequence[Change | HubError], *, by: Principal, how: How) -> list[Outcome]:
    """Changes memories, as PATCH does."""
    wanted = [item.doc_id for item in items if isinstance(item, Change)]
    rows = writing.locked_all(wanted, by=by)

    def planned(item: Change) -> tuple[Row, dict[str, Any]]:
        row = rows.get(item.doc_id)
        if isinstance(item.changes, HubError):
            writing.required(row, Role.EDITOR)
            raise item.changes
        expected = None if item.expected is None else {item.expected}
        row = writing.required(row, revise.least_role(item.changes), expected)
        return row, revise.real_changes(row, item.changes, by)

    judged = [_judge(planned, item) for item in items]
    return _carry_out(
        judged, lambda good: writing.apply_all(good, by=by), how, lambda pair: pair[0]
    )


@transaction.atomic
def trash(doc_ids: Sequence[str | HubError], *, by: Principal, how: How) -> list[Outcome]:
    """Moves memories to the trash."""
    rows = writing.locked_all([one for one in doc_ids if isinstance(one, str)], by=by)

    def administered(doc_id: str) -> Row:
        return writing.required(rows.get(doc_id), Role.ADMIN)

    def trash_rows(good: list[Row]) -> list[Row]:
        lifecycle.trash_all([row["id"] for row in good], by_user=by.user_id)
        return good

    judged = [_judge(administered, doc_id) for doc_id in doc_ids]
    return _carry_out(judged, trash_rows, how, lambda row: row)


def _judge(step: Callable[[Any], T], item: Any) -> T | HubError:
    """What the step makes of the item, or why it is refused."""
    if isinstance(item, HubError):
        return item
    try:
        return step(item)
    except HubError as error:
        return error


def _carry_out(
    judged: Sequence[T | HubError],
    write: Callable[[list[T]], list[Row]],
    how: How,
    preview: Callable[[T], Outcome],
) -> list[Outcome]:
    """Writes what was not refused; ``preview`` is the outcome of a good item in a dry run."""
    good = [item for item in judged if not isinstance(item, HubError)]
    if how.atomic and len(good) < len(judged):
        kept = NotCarriedOut("It was in order itself; nothing was written.")
        return [item if isinstance(item, HubError) else kept for item in judged]
    done = iter([preview(item) for item in good] if how.dry_run else write(good))
    return [item if isinstance(item, HubError) else next(done) for item in judged]
