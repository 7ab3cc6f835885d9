"""Where a memory leads, and what leads to it: as far as the caller may read it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from superthread import policies
from superthread.links import LinkKind
from superthread.models import Link, Memory, PathName
from superthread.paths import Shelf, key_of, shelf_of
from superthread.policies import Role
from superthread.reads.memories import find
from superthread.reads.representation import Row

_TOLD = ("id", "doc_id", "path", "title")


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
    ids = targets(shelf_of(row), named, but=[row["id"]])
    told = _told(by, ids.values())
    return [
        {"kind": LinkKind(one.kind).word, "text": one.text, "memory": told.get(ids.get(one))}
        for one in named
    ]


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
    ids = targets(shelf_of(row), named.values(), but=[one.memory_id for one in found])
    sources = {one.memory_id: None for one in found if ids.get(named[one.pk]) == row["id"]}
    sources.pop(row["id"], None)
    told = _told(by, sources, owner_id=shelf_of(row).holder)
    following = encode(fingerprint, [found[-1].pk]) if more else None
    return [told[pk] for pk in sources if pk in told], following


def leading_to(row: Row) -> Any:
    """Links that may mean the memory: by its path, or by its title."""
    keys = {key_of(text) for text in (row["path"], row["title"]) if text}
    return Link.objects.filter(space=shelf_of(row).space, target__in=keys)


def targets(shelf: Shelf, named: Iterable[Named], *, but: Sequence[int]) -> Mapping[Named, int]:
    """The memory that each link in a shelf leads to: the one at the path, else the latest with the
    very title, ``but`` these. Whatever the caller may read."""
    wanted = list(named)
    at = PathName.objects.filter(
        space=shelf.space, holder=shelf.holder, twin__in={one.target for one in wanted}
    )
    by_path = dict(at.values_list("twin", "memory_id"))
    titles = {one.text for one in wanted if one.kind == LinkKind.WIKI}
    titled = Memory.objects.filter(policies.alive(), space=shelf.space, title__in=titles)
    titled = titled.exclude(pk__in=but)
    if shelf.holder:
        titled = titled.filter(owner_id=shelf.holder)
    by_title = dict(titled.order_by("pk").values_list("title", "pk"))
    found: dict[Named, int] = {}
    for one in wanted:
        pk = by_path.get(one.target)
        if pk is None and one.kind == LinkKind.WIKI:
            pk = by_title.get(one.text)
        if pk is not None:
            found[one] = pk
    return found


def _told(by: Principal, ids: Iterable[int], owner_id: int = 0) -> dict[int, dict[str, Any]]:
    """What is told of memories that the caller may read, by id; of an owner's where told."""
    found = policies.with_role(by).filter(pk__in=list(ids), role__gte=Role.VIEWER)
    found = found.filter(owner_id=owner_id) if owner_id else found
    return {
        row["id"]: {"doc_id": str(row["doc_id"]), "path": row["path"], "title": row["title"]}
        for row in found.values(*_TOLD)
    }
