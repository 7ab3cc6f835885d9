"""Whether a path may be had: judged before it is written; the database has the last word."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from memory_hub.core.errors import Conflict
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell
from superthread import limits, policies
from superthread.derived_rows.path_names import NAMING, Held, held
from superthread.events import Facts, MemoryChanged, MemoryKind, telling
from superthread.models import Memory, PathName
from superthread.paths import Shelf, folders_of, name_of, twin_of
from superthread.restricted import is_within
from superthread.services.steps.facts import facts_of

T = TypeVar("T")
# Expired memories in a folder whose name is wanted that are taken out of it.
MOST_EXPIRED = 1_000
_JUDGED = ("pk", "path", "expires_at", "deleted_at", "scope", "owner_id", "team_id", "category")


class Taken(Conflict):
    code, title = "path-taken", "The path is taken in its space"


class Claim(NamedTuple):
    """A path that is wanted for a memory; for one that is not saved yet by a number below zero."""

    memory_id: int
    held: Held


def claims_to_come(rows: Sequence[Facts]) -> list[Claim]:
    """The claims of new memories."""
    return [
        Claim(-number, wanted)
        for number, row in enumerate(rows, 1)
        if row["path"] is not None and (wanted := held(row))
    ]


def claims_of(pairs: Iterable[tuple[Facts, Mapping[str, Any]]]) -> list[Claim]:
    """The claims of memories whose columns change."""
    return [
        Claim(row["id"], wanted)
        for row, columns in pairs
        if not NAMING.isdisjoint(columns)
        and (wanted := held({**row, **columns})) is not None
        and wanted != held(row)
    ]


@telling()
def take(claims: Sequence[Claim], *, by: Identity) -> None:
    """Makes way for the claims: what expired gives up its path, and folders that are empty their
    names. In the transaction that writes the paths. Raises Taken."""
    if not claims:
        return
    refusals, present = judge(claims, by)
    for refusal in refusals:
        if refusal is not None:
            raise refusal
    folders = {(one.shelf, name) for one in present for name in one.emptied}
    _release({pk for one in present for pk in one.expired}, by)
    # A folder may be in the way that holds nothing but what is about to leave it.
    leaving = [claim.memory_id for claim in claims if folders and claim.memory_id > 0]
    leaving += [pk for one in present for pk in one.stale]
    if leaving:
        PathName.objects.filter(memory_id__in=leaving).delete()
    for shelf, name in sorted(folders):
        within = Q(name=name) | _below(name)
        _names(shelf).filter(within, is_folder=True).delete()


def refusals(claims: Sequence[Claim], by: Identity) -> dict[int, Taken]:
    """Why claims are refused, by memory; of what nobody else wants at this moment."""
    if not claims:
        return {}
    judged, _ = judge(claims, by)
    return {
        claim.memory_id: refusal
        for claim, refusal in zip(claims, judged, strict=True)
        if refusal is not None
    }


def twice(first: Callable[[], T], again: Callable[[], T]) -> T:
    """Carries out the first in a savepoint, and where somebody was quicker to take a path, the
    other in its place: it judges by what is there then."""
    try:
        with transaction.atomic():
            return first()
    except (IntegrityError, Taken):
        return again()


def judge(claims: Sequence[Claim], by: Identity) -> tuple[list[Taken | None], list["_Present"]]:
    """Why each claim is refused, if it is, given those before it; and what is in the way of the
    others. What the caller's token is not for is not named."""
    shelves: defaultdict[Shelf, list[Claim]] = defaultdict(list)
    for claim in claims:
        shelves[claim.held.shelf].append(claim)
    present = {shelf: _Present(shelf, wanted, by) for shelf, wanted in shelves.items()}
    refusals = [present[claim.held.shelf].judged(claim) for claim in claims]
    return refusals, list(present.values())


class _Present:
    """The names in a shelf that matter to some claims. In the way of those that are not refused are
    the names of ``expired`` memories, of ``stale`` ones that are in the trash without having told,
    and of empty folders, ``emptied``."""

    def __init__(self, shelf: Shelf, claims: Sequence[Claim], by: Identity) -> None:
        self.shelf, self._by = shelf, by
        self.expired: set[int] = set()
        self.stale: set[int] = set()
        self.emptied: set[str] = set()
        self._paths: dict[int, str] = {}  # of those that have any
        # Those that the caller's token is not for.
        self._hidden: set[int] = set()
        self._twins: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._below: defaultdict[str, set[int]] = defaultdict(set)
        self._read(claims)

    def _read(self, claims: Sequence[Claim]) -> None:
        names = {name_of(claim.held.path) for claim in claims}
        twins = {twin_of(name) for name in names}
        outer = {folder for name in names for folder in folders_of(name)}
        asked = Q(name__in=names | outer) | Q(twin__in=twins)
        found = _names(self.shelf).filter(asked).values_list("memory_id", "name", "is_folder")
        folders = {name for _, name, is_folder in found if is_folder} & names
        ids = {pk for pk, *_ in found if pk is not None}
        own = {claim.memory_id for claim in claims if claim.memory_id > 0}
        for folder in folders:
            inside = _names(self.shelf).filter(_below(folder), is_folder=False)
            ids.update(_some(inside, len(own) + 1))
        now = timezone.now()
        for row in Memory.objects.filter(pk__in=ids).values(*_JUDGED):
            pk, expires_at = row["pk"], row["expires_at"]
            if row["path"] is None or row["deleted_at"] is not None:
                self.stale.add(pk)
            elif expires_at is not None and expires_at <= now:
                self.expired.add(pk)
            else:
                self._put(pk, row["path"])
                if not is_within(self._by, row):
                    self._hidden.add(pk)
        self._folders = folders

    def judged(self, claim: Claim) -> Taken | None:
        """Why it is refused; if it is not, it is as good as carried out for those that follow."""
        path = claim.held.path
        name, before = name_of(path), self._paths.get(claim.memory_id)
        self._remove(claim.memory_id)
        refusal = self._refusal(path, name)
        if refusal is None:
            self._put(claim.memory_id, path)
            self.emptied |= {name} & self._folders
        elif before is not None:
            self._put(claim.memory_id, before)
        return refusal

    def _refusal(self, path: str, name: str) -> Taken | None:
        other = self._twins.get(twin_of(name))
        if other is not None:
            if self._paths[other] == path:
                return Taken("There is a memory at this path already.", path=path)
            return self._taken(
                other, path, "There is {}: from it only case, form or a last .md differs."
            )
        for folder in folders_of(name):
            if (file := self._names.get(folder)) is not None:
                return self._taken(file, path, "{} is a memory, and so is no folder.")
        if self._below[name]:
            return Taken("It is a folder: there are memories in it.", path=path)
        return None

    def _taken(self, other: int, path: str, sentence: str) -> Taken:
        if other in self._hidden:
            return Taken("What is in its way is outside of the token's restriction.", path=path)
        there = self._paths[other]
        return Taken(sentence.format(there), path=there)

    def _put(self, pk: int, path: str) -> None:
        name = name_of(path)
        self._paths[pk] = path
        self._twins[twin_of(name)] = self._names[name] = pk
        for folder in folders_of(name):
            self._below[folder].add(pk)

    def _remove(self, pk: int) -> None:
        path = self._paths.pop(pk, None)
        if path is None:
            return
        name = name_of(path)
        del self._twins[twin_of(name)], self._names[name]
        for folder in folders_of(name):
            self._below[folder].discard(pk)


def _names(shelf: Shelf) -> QuerySet[PathName]:
    return PathName.objects.filter(space=shelf.space, holder=shelf.holder)


def _below(name: str) -> Q:
    # "0" comes after "/".
    return Q(name__gt=f"{name}/", name__lt=f"{name}0")


def _some(inside: QuerySet[PathName], count: int) -> list[int]:
    """Living memories among these, ``count`` at most, and the expired ones if there are fewer."""
    memories = Memory.objects.filter(pk__in=inside.values("memory_id")).order_by()
    living = list(memories.filter(policies.unexpired()).values_list("pk", flat=True)[:count])
    if len(living) == count:
        return living
    gone = memories.filter(expires_at__lte=timezone.now())
    return living + list(gone.values_list("pk", flat=True)[:MOST_EXPIRED])


def _release(expired: Iterable[int], by: Identity) -> None:
    """Takes their paths from memories whose time is over."""
    memories = facts_of(expired, "category", "metadata")
    if not memories:
        return
    none = {"path": None, "path_depth": None}
    Memory.objects.filter(pk__in=[memory["id"] for memory in memories]).update(**none)
    tell(
        *(
            MemoryChanged(
                *(by.actor, by.origin, MemoryKind.UPDATED, memory, {**memory, **none}),
                frozenset(none),
            )
            for memory in memories
        )
    )


def prune() -> int:
    """Deletes the names of folders that nothing is in; returns how many went."""
    inside = PathName.objects.filter(
        space=OuterRef("space"), holder=OuterRef("holder"), folder=OuterRef("name")
    )
    empty = PathName.objects.filter(~Exists(inside), is_folder=True)
    gone = 0
    for _ in range(limits.PATH_SEGMENTS):
        try:
            with transaction.atomic():
                count, _ = empty.delete()
        except IntegrityError:
            # Something was put into one of them at this moment: another time.
            return gone
        if not count:
            break
        gone += count
    return gone
