"""Memories of the caller's personal space as the files below ``/memories``."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from rest_framework.exceptions import ValidationError

from integrations.anthropic.refusal import Refused
from integrations.root_folder import files_below, root_folder
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, Conflict, HubError, NotFound, StaleRevision
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import ITEM
from superthread.fields import Content
from superthread.paths import BadPath, checked, known_as
from superthread.reads.named import Spot, row_at
from superthread.reads.representation import Row
from superthread.services import batch, lifecycle, revise, save
from superthread.services.batch_terms import (
    BatchOptions,
    BatchOutcome,
    NotCarriedOut,
    TooMuchAtOnce,
)
from superthread.store_terms import Draft

ROOT = "/memories"
USUAL = "memories/"
MOST_TRIES = 5
T = TypeVar("T")


class File(NamedTuple):
    """A file below a folder: its path from there on, its bytes, and the memory's id."""

    path: str
    size: int
    doc_id: str


def inside(shown: str) -> str:
    """A path as the model writes it, from ``/memories`` on; empty for that itself. Raises Refused
    for one that leads out of it."""
    if not shown.startswith(ROOT):
        raise Refused(f"Path must start with {ROOT}, got: {shown}")
    found: list[str] = []
    for segment in shown.removeprefix(ROOT).split("/"):
        if segment == ".." and not found:
            raise Refused(f"Path {shown} would escape {ROOT} directory")
        if segment == "..":
            found.pop()
        elif segment not in ("", "."):
            found.append(segment)
    return "/".join(found)


class Files:
    """What ``/memories`` is for a caller. Paths are those of ``inside``."""

    def __init__(self, by: Principal) -> None:
        self.by = by

    @cached_property
    def root(self) -> str:
        """The folder of the personal space that it stands for."""
        return root_folder(self.by, USUAL)

    def at(self, path: str) -> Row | None:
        """The memory that is there."""
        if not path:
            return None
        return row_at(Spot(self.by.user_id, known_as(self.root + path)), by=self.by)

    def below(self, path: str) -> list[File]:
        """What is below a folder, in no order."""
        known = known_as(self.root + path) if path else ""
        if path and not known:
            return []
        folder = f"{known}/" if path else self.root
        found = files_below(folder, self.by).values_list("path", "size", "doc_id")
        return [File(one[len(folder) :], size, str(doc_id)) for one, size, doc_id in found]

    def is_there(self, path: str) -> bool:
        """Whether there is a file or a folder."""
        return not path or self.at(path) is not None or bool(self.below(path))

    def make(self, path: str, text: str, shown: str) -> None:
        """Makes a file. Raises Refused."""
        category = self.by.restriction.category or "default"
        draft = Draft(_content(text, shown), path=self._stored(path), category=category)
        _told(lambda: save.save(draft, by=self.by))

    def write(self, path: str, shown: str, change: Callable[[str], str]) -> str:
        """Changes a file by what ``change`` makes of its text; the text that it has then. Raises
        Refused."""
        for _ in range(MOST_TRIES):
            row = self.at(path)
            if row is None:
                raise self.none(path, shown)
            text = _content(change(row["content"]), shown)
            try:
                return _told(lambda row=row, text=text: self._revised(row, text))["content"]
            except (NotFound, StaleRevision):
                # Somebody else was quicker: of what is there now.
                continue
        raise Refused(f"The file {shown} is being changed by others. View it again.")

    def _revised(self, row: Row, text: str) -> Row:
        return revise.revise(
            doc_id=str(row["doc_id"]),
            changes={"content": text},
            by=self.by,
            expected={row["revision"]},
        )

    def none(self, path: str, shown: str) -> Refused:
        """Why there is no file to be changed."""
        if not path or self.below(path):
            return Refused(f"The path {shown} is not a file.")
        return Refused(f"The path {shown} does not exist. Please provide a valid path.")

    def delete(self, path: str, shown: str) -> None:
        """Moves a file, or all files of a folder, to the trash. Raises Refused."""
        row = self.at(path)
        if row is not None:
            _told(lambda: lifecycle.trash(doc_id=str(row["doc_id"]), by=self.by))
            return
        found = self.below(path)
        if not found:
            raise Refused(f"The path {shown} does not exist")
        charge(ITEM * (len(found) - 1))
        doomed = [file.doc_id for file in found]
        _together(lambda: batch.Deletions(doomed, by=self.by), shown)

    def move(self, path: str, target: str, shown: str) -> None:
        """Gives a file, or all files of a folder, another path. Raises Refused."""
        to, row = self._stored(target), self.at(path)
        if row is not None:
            changes = {"path": to}
            _told(lambda: revise.revise(doc_id=str(row["doc_id"]), changes=changes, by=self.by))
            return
        found = self.below(path)
        if not found:
            raise Refused(f"The path {shown} does not exist")
        charge(ITEM * (len(found) - 1))
        moved: list[batch.BatchChange | HubError] = [
            batch.BatchChange(one.doc_id, {"path": self._stored(f"{target}/{one.path}")})
            for one in found
        ]
        _together(lambda: batch.Changes(moved, by=self.by), shown)

    def _stored(self, path: str) -> str:
        """The memory's path. Raises Refused for what can be none."""
        try:
            return checked(self.root + path)
        except BadPath as error:
            raise Refused(str(error)) from None


def _content(text: str, shown: str) -> str:
    """The text as a memory has it. Raises Refused where it can have no such text."""
    try:
        return Content().run_validation(text)
    except ValidationError as error:
        detail = error.detail[0]
        if detail.code == "blank":
            raise Refused(
                f"The file {shown} would be empty, and a memory has some text. "
                "Write what is to be remembered, or delete the file."
            ) from None
        raise Refused(f"The file {shown} cannot have this text: {detail}") from None


def _told(act: Callable[[], T]) -> T:
    """What is done, or why it is refused, for the model. Raises Refused, and what is no matter of
    the file: NotFound and StaleRevision, and what concerns the token."""
    try:
        return act()
    except StaleRevision:
        raise
    except BadInput as error:
        found = error.extra.get("errors") or [{"detail": str(error)}]
        raise Refused(" ".join(str(one["detail"]) for one in found)) from None
    except (Conflict, TooMuchAtOnce) as error:
        raise Refused(str(error)) from None


def _together(items: Callable[[], batch.Batch[Any]], shown: str) -> None:
    """Carries out all items or none. Raises Refused."""

    def carry_out() -> None:
        part = items().prepare(0, BatchOptions(atomic=True))
        with transaction.atomic():
            _require_done(part.carry_out(), shown)

    _told(carry_out)


def _require_done(outcomes: Sequence[BatchOutcome], shown: str) -> None:
    refused = [one for one in outcomes if isinstance(one, HubError)]
    if refused:
        why = [one for one in refused if not isinstance(one, NotCarriedOut)]
        gone = any(isinstance(one, NotFound) for one in why)
        if gone:
            raise Refused(f"The files in {shown} are being changed by others. View it again.")
        raise why[0]
