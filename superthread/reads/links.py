"""Where a memory leads, and what leads to it: as far as the caller may read it.

A wiki link without a folder may name the last segment of a path: if there is one such memory that
the caller may read, whatever else there is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from superthread import policies
from superthread.links import LinkKind, WrittenLink
from superthread.models import LastSegment, Link, Memory, PathName
from superthread.models.title import TITLED, TitleEnds, ends_of
from superthread.paths import Shelf, key_of, last_of, shelf_of
from superthread.policies import Role
from superthread.reads.named import find
from superthread.reads.representation import Row

_TOLD = ("id", "doc_id", "path", "title")
# Paths that are looked at for the last segments that one call asks for.
MOST_PATHS = 2_000


class Named(NamedTuple):
    """What links name: a path by its key, and for wiki links a title."""

    kind: int
    text: str
    target: str


def links_of(*, doc_id: str, by: Principal) -> list[dict[str, Any]]:
    """The links of a memory's text in their order, each with the memory it leads to, None where
    there is none for the caller. Raises NotFound."""
    row = find(doc_id=doc_id, by=by)
    columns = Link.objects.filter(memory_id=row["id"]).order_by("pk")
    named = [Named(*one) for one in columns.values_list(*Named._fields)]
    # A text is often called by its first link: that leads not to the text itself.
    met = _targets(shelf_of(row), named, but=[row["id"]], by=by)
    return [
        {
            "kind": LinkKind(one.kind).word,
            "text": one.text,
            "memory": _shown(met[one]) if one in met else None,
        }
        for one in named
    ]


def leading(
    row: Row, links: Iterable[WrittenLink], *, by: Principal
) -> dict[WrittenLink, dict[str, Any]]:
    """The memories that links in a text of this memory's place lead to, those that the caller may
    read; ``row`` has the columns of a shelf, and an id where it is saved already."""
    named = {one: Named(one.kind, one.text, one.key) for one in links}
    but = [row["id"]] if "id" in row else []
    met = _targets(shelf_of(row), named.values(), but=but, by=by)
    return {one: _shown(met[name]) for one, name in named.items() if name in met}


def backlinks_of(
    *, doc_id: str, by: Principal, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Memories whose texts lead to this one, in the order they were written in, and the cursor of
    the next page. A page may hold fewer than ``limit``. Raises NotFound, BadInput."""
    row = find(doc_id=doc_id, by=by)
    fingerprint = f"backlinks|{doc_id}"
    (after,) = decode(cursor, fingerprint) if cursor else (0,)
    found = list(leading_to(row).filter(pk__gt=after).order_by("pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    named = {one.pk: Named(one.kind, one.text, one.target) for one in found}
    sources = [one.memory_id for one in found]
    ids = targets(shelf_of(row), named.values(), but=sources, by=by)
    leading = {one.memory_id: None for one in found if ids.get(named[one.pk]) == row["id"]}
    leading.pop(row["id"], None)
    told = _told(by, leading, owner_id=shelf_of(row).holder)
    following = encode(fingerprint, [found[-1].pk]) if more else None
    return [told[pk] for pk in leading if pk in told], following


def leading_to(row: Row) -> Any:
    """Links that may mean the memory: by its path or the last segment of it, or by its title."""
    keys = {key_of(text) for text in (row["path"], row["title"]) if text}
    if row["path"]:
        keys.add(last_of(key_of(row["path"])))
    return Link.objects.filter(space=shelf_of(row).space, target__in=keys)


def targets(
    shelf: Shelf, named: Iterable[Named], *, but: Sequence[int], by: Principal
) -> Mapping[Named, int]:
    """The memory that each link in a shelf leads to for the caller, of those that they may read:
    the one at the path, else the latest with the very title, ``but`` these, else the only one whose
    path ends so."""
    met = _targets(shelf, named, but=but, by=by)
    return {one: row["id"] for one, row in met.items()}


def _targets(
    shelf: Shelf, named: Iterable[Named], *, but: Sequence[int], by: Principal
) -> dict[Named, Row]:
    """The same as rows of what is told of each."""
    wanted = list(named)
    at = _names(shelf).filter(twin__in={one.target for one in wanted})
    by_path = _readable(at.values_list("twin", "memory_id"), by)
    found = {one: by_path[one.target][0] for one in wanted if one.target in by_path}
    rest = [one for one in wanted if one not in found and one.kind == LinkKind.WIKI]
    by_title = _titled(shelf, {one.text for one in rest}, but, by)
    found |= {one: by_title[one.text] for one in rest if one.text in by_title}
    rest = [one for one in rest if one not in found and "/" not in one.target]
    return found | _by_last_segment(shelf, rest, by)


def _titled(
    shelf: Shelf, titles: Collection[str], but: Sequence[int], by: Principal
) -> dict[str, Row]:
    if not titles:
        return {}
    ends = {ends_of(title) for title in titles}
    titled = _read_by(by).annotate(ends=TitleEnds()).filter(space=shelf.space, ends__in=ends)
    titled = titled.filter(TITLED, title__in=titles).exclude(pk__in=but)
    if shelf.holder:
        titled = titled.filter(owner_id=shelf.holder)
    # The latest has the last word.
    return {row["title"]: row for row in titled.order_by("pk").values(*_TOLD)}


def _by_last_segment(shelf: Shelf, named: Sequence[Named], by: Principal) -> dict[Named, Row]:
    if not named:
        return {}
    ending = _names(shelf).annotate(last=LastSegment())
    ending = ending.filter(last__in={one.target for one in named}).order_by("last")
    paths = list(ending.values_list("last", "memory_id")[: MOST_PATHS + 1])
    # Of the last one there may be others behind these.
    cut = paths[-1][0] if len(paths) > MOST_PATHS else None
    met = _readable([one for one in paths if one[0] != cut], by)
    return {one: met[one.target][0] for one in named if len(met.get(one.target, ())) == 1}


def _names(shelf: Shelf) -> QuerySet[PathName]:
    held = PathName.objects.filter(space=shelf.space, holder=shelf.holder)
    return held.filter(memory_id__isnull=False)


def _read_by(by: Principal) -> QuerySet[Memory]:
    return policies.with_role(by).filter(role__gte=Role.VIEWER)


def _readable(pairs: Iterable[tuple[str, int]], by: Principal) -> dict[str, list[Row]]:
    """The memories by their names, those that the caller may read."""
    pairs = list(pairs)
    rows = _rows(by, [pk for _, pk in pairs])
    found: dict[str, list[Row]] = {}
    for name, pk in pairs:
        if pk in rows:
            found.setdefault(name, []).append(rows[pk])
    return found


def _told(by: Principal, ids: Iterable[int], owner_id: int = 0) -> dict[int, dict[str, Any]]:
    """What is told of memories that the caller may read, by id; of an owner's where told."""
    return {pk: _shown(row) for pk, row in _rows(by, list(ids), owner_id).items()}


def _rows(by: Principal, ids: Sequence[int], owner_id: int = 0) -> dict[int, Row]:
    if not ids:
        return {}
    found = _read_by(by).filter(pk__in=ids)
    found = found.filter(owner_id=owner_id) if owner_id else found
    return {row["id"]: row for row in found.order_by().values(*_TOLD)}


def _shown(row: Row) -> dict[str, Any]:
    return {"doc_id": str(row["doc_id"]), "path": row["path"], "title": row["title"]}
