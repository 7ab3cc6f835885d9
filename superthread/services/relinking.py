"""After a rename: making the links that led to a path lead to where the memory is now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from memory_hub.accounts.principal import Principal
from memory_hub.core.links import path_to
from superthread import limits, links
from superthread.models import Link, Memory, PathName
from superthread.models.space import PUBLIC_SPACE
from superthread.paths import NOTE, Shelf, key_of, shelf_of
from superthread.policies import Role, with_role
from superthread.reads.memories import find
from superthread.reads.representation import Row
from superthread.services import batch
from superthread.services.batch import Change, Changes, How, Outcome

MOST = 200  # memories in a call
# … and bytes of their texts, which an atomic batch reads and writes.
MOST_BYTES = limits.ATOMIC_BYTES // 3
# Links that are looked at to offer what one request leaves to be rewritten.
MOST_LINKS = 20_000


class Relinked(NamedTuple):
    """Memories whose texts are changed, or would be, with how many links of each; what became of
    each change, None in a dry run; and whether there are more of them."""

    sources: list[tuple[dict[str, Any], int]]
    outcomes: list[Outcome]
    more: bool


class Rewriting(NamedTuple):
    """A rewriting before its transaction."""

    sources: list[tuple[dict[str, Any], int]]
    part: batch.Part | None
    more: bool


def prepare(*, doc_id: str, old: str, dry_run: bool, by: Principal) -> Rewriting:
    """Finds what the caller may edit that says ``old``, in the memory's space, and makes the new
    texts. Raises NotFound, and TooMuchAtOnce where they are too long for one transaction."""
    row = find(doc_id=doc_id, by=by)
    key = key_of(old)
    if row["path"] is None:
        return Rewriting([], None, False)
    sources, changes, size, more = [], [], 0, False
    columns = ("doc_id", "path", "title", "content", "revision", "size")
    # A few at a time: each may have a megabyte.
    for one in saying(row, old, by)[: MOST + 1].values(*columns).iterator(chunk_size=8):
        content = one.pop("content")
        size += one.pop("size")
        if len(sources) == MOST or (sources and size > MOST_BYTES):
            more = True
            break
        text, count = links.rewritten(
            content, one["path"], row["path"], lambda link: link.key == key
        )
        if text != content:
            sources.append((one, count))
            changes.append(Change(str(one["doc_id"]), {"content": text}, one["revision"]))
    part = None
    if changes and not dry_run:
        part = Changes(changes, by=by).prepare(0, How(atomic=True))
    return Rewriting(sources, part, more)


def saying(row: Row, old: str, by: Principal) -> QuerySet[Memory]:
    """The memories with links to ``old`` that the caller may edit, in the order of their ids; not
    for links that say already where the memory is."""
    shelf = shelf_of(row)
    found = Link.objects.filter(space=shelf.space, target=key_of(old))
    found = found.exclude(text__in={row["path"], row["path"].removesuffix(NOTE)})
    chosen = with_role(by).filter(pk__in=found.values("memory_id"), role__gte=Role.EDITOR)
    if shelf.holder:
        chosen = chosen.filter(owner_id=shelf.holder)
    return chosen.order_by("pk")


def offers(rows: Iterable[Row], by: Principal) -> dict[int, dict[str, Any]]:
    """What renames leave to be rewritten, by the ids of those of the rows that have an ``old_path``
    where somebody says it: how many memories, MOST at the most, and the request that does it."""
    renamed = [row for row in rows if row.get("old_path") and row["path"] is not None]
    if not renamed:
        return {}
    saying: defaultdict[_Place, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for place, text, memory_id in _links_to(renamed, by):
        saying[place][text].add(memory_id)
    taken = _taken(renamed)
    found = {}
    for row in renamed:
        place = _old_place(row)
        pks = _still(saying[place], row["path"])
        # Links to what somebody else has by now lead there.
        if pks and taken.get(place, row["id"]) == row["id"]:
            url = path_to(f"/superthread/memories/{row['doc_id']}/links")
            told = {"memories": min(len(pks), MOST), "from": row["old_path"], "url": url}
            found[row["id"]] = told
    return found


class _Place(NamedTuple):
    """What links to an old path name: its shelf and key."""

    shelf: Shelf
    key: str


def _old_place(row: Row) -> _Place:
    return _Place(shelf_of(row), key_of(row["old_path"]))


def _links_to(renamed: Sequence[Row], by: Principal) -> Iterator[tuple[_Place, str, int]]:
    """The links to the old paths, their texts and memories, where the caller may edit these."""
    places = [_old_place(row) for row in renamed]
    links = Link.objects.filter(
        space__in={one.shelf.space for one in places}, target__in={one.key for one in places}
    )
    edited = with_role(by).filter(pk__in=links.values("memory_id"), role__gte=Role.EDITOR)
    rows = links.filter(memory_id__in=edited.values("pk")).order_by("pk")
    found = list(rows.values_list("space", "target", "text", "memory_id")[:MOST_LINKS])
    public = {pk for space, *_, pk in found if space == PUBLIC_SPACE}
    owners = dict(Memory.objects.filter(pk__in=public).values_list("pk", "owner_id"))
    for space, target, text, memory_id in found:
        yield _Place(Shelf(space, owners.get(memory_id, 0)), target), text, memory_id


def _taken(renamed: Sequence[Row]) -> dict[_Place, int]:
    """Which memories have the old paths, or their like, by now."""
    places = [_old_place(row) for row in renamed]
    at = PathName.objects.filter(
        space__in={one.shelf.space for one in places},
        holder__in={one.shelf.holder for one in places},
        twin__in={one.key for one in places},
    )
    return {
        _Place(Shelf(space, holder), twin): memory_id
        for space, holder, twin, memory_id in at.values_list("space", "holder", "twin", "memory_id")
    }


def _still(saying: Mapping[str, set[int]], path: str) -> set[int]:
    """The memories that do not say already where it is."""
    there = {path, path.removesuffix(NOTE)}
    return {pk for text, pks in saying.items() if text not in there for pk in pks}


def carry_out(ready: Rewriting) -> Relinked:
    """Changes all of the texts or none, in the caller's transaction."""
    outcomes = ready.part.carry_out() if ready.part else [None] * len(ready.sources)
    return Relinked(ready.sources, outcomes, ready.more)
