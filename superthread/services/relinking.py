"""After a rename: making the links that led to a path lead to where the memory is now."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from memory_hub.core.links import path_to
from superthread import limits, links
from superthread.links import LinkKind
from superthread.models import Link, Memory, PathName
from superthread.paths import NOTE, Shelf, key_of, last_of, shelf_of
from superthread.policies import Role, with_role
from superthread.reads.links import Named, targets
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.services.batch import BatchChange, Changes
from superthread.services.batch_terms import BatchOptions, BatchOutcome, BatchPart, NotCarriedOut

MOST = 200  # memories in a call
# … and bytes of their texts, which an atomic batch reads and writes.
MOST_BYTES = limits.ATOMIC_BYTES // 3
# That say the last segment of a path, and are looked at.
MOST_LINKS = 1_000
MOST_OFFERS = 100  # of a batch


class Relinked(NamedTuple):
    """Memories whose texts are changed, or would be, with how many links of each; what became of
    each change, None in a dry run; and whether there are more of them."""

    sources: list[tuple[dict[str, Any], int]]
    outcomes: list[BatchOutcome]
    more: bool


class Rewriting(NamedTuple):
    """A rewriting before its transaction."""

    sources: list[tuple[dict[str, Any], int]]
    part: BatchPart | None
    more: bool


def prepare(*, doc_id: str, old: str, dry_run: bool, by: Principal) -> Rewriting:
    """Finds what the caller may edit that says ``old``, in the memory's space, and makes the new
    texts. Raises NotFound, and TooMuchAtOnce where they are too long for one transaction."""
    row = find(doc_id=doc_id, by=by)
    if row["path"] is None:
        return Rewriting([], None, False)
    meant = _Meant.of(row, old, by)
    sources, changes, size, more = [], [], 0, False
    columns = ("doc_id", "path", "title", "content", "revision", "size")
    # A few at a time: each may have a megabyte.
    for one in saying(row, meant, by)[: MOST + 1].values(*columns).iterator(chunk_size=8):
        content = one.pop("content")
        size += one.pop("size")
        if len(sources) == MOST or (sources and size > MOST_BYTES):
            more = True
            break
        text, count = links.rewritten(content, one["path"], row["path"], meant.has)
        if text != content:
            sources.append((one, count))
            changes.append(BatchChange(str(one["doc_id"]), {"content": text}, one["revision"]))
    part = None
    if changes and not dry_run:
        part = Changes(changes, by=by).prepare(0, BatchOptions(atomic=True))
    return Rewriting(sources, part, more)


class _Meant(NamedTuple):
    """The links that meant a memory at its old path: by ``key``, or by one of the ``endings``: wiki
    links with these texts say its last segment and lead nowhere any more."""

    key: str
    last: str
    endings: frozenset[str]

    @classmethod
    def of(cls, row: Row, old: str, by: Principal) -> "_Meant":
        key, last = key_of(old), last_of(key_of(old))
        if last in (key, last_of(key_of(row["path"]))):
            return cls(key, last, frozenset())
        shelf = shelf_of(row)
        saying = Link.objects.filter(space=shelf.space, target=last, kind=LinkKind.WIKI)
        found = list(saying.order_by("pk").values_list("memory_id", "text")[:MOST_LINKS])
        named = {Named(LinkKind.WIKI.value, text, last) for _, text in found}
        if not named:
            return cls(key, last, frozenset())
        # A text is often called by its first link.
        alive = targets(shelf, named, but=[pk for pk, _ in found[:MOST]], by=by)
        return cls(key, last, frozenset(one.text for one in named if one not in alive))

    def has(self, link: links.WrittenLink) -> bool:
        """Whether the link is one of them."""
        return link.key == self.key or (link.kind is LinkKind.WIKI and link.text in self.endings)

    def query(self, path: str) -> Q:
        """The rows of those that do not say already that the memory is at this path."""
        there = {path, path.removesuffix(NOTE)}
        ending = Q(target=self.last, kind=LinkKind.WIKI, text__in=self.endings)
        return (Q(target=self.key) & ~Q(text__in=there)) | ending


def saying(row: Row, meant: _Meant, by: Principal) -> QuerySet[Memory]:
    """The memories with links that are meant and that the caller may edit, in the order of their
    ids."""
    shelf = shelf_of(row)
    found = Link.objects.filter(meant.query(row["path"]), space=shelf.space)
    chosen = with_role(by).filter(pk__in=found.values("memory_id"), role__gte=Role.EDITOR)
    if shelf.holder:
        chosen = chosen.filter(owner_id=shelf.holder)
    return chosen.order_by("pk")


def offers(rows: Iterable[Row], by: Principal) -> dict[int, dict[str, Any]]:
    """What renames leave to be rewritten, by the ids of those of the rows that have an ``old_path``
    that somebody names, the first MOST_OFFERS: how many memories, MOST at the most, and the request
    that does it."""
    renamed = [row for row in rows if row.get("old_path") and row["path"] is not None]
    found = {}
    for row in _named(renamed)[:MOST_OFFERS]:
        old = row["old_path"]
        count = saying(row, _Meant.of(row, old, by), by)[:MOST].count()
        if count:
            url = path_to(f"/superthread/memories/{row['doc_id']}/links")
            found[row["id"]] = {"memories": count, "from": old, "url": url}
    return found


def _named(renamed: Sequence[Row]) -> list[Row]:
    """Those whose old paths are named by links, and are not somebody else's by now: links to those
    lead there."""
    if not renamed:
        return []
    spaces = {shelf_of(row).space for row in renamed}
    keys = {row["id"]: key_of(row["old_path"]) for row in renamed}
    names = {*keys.values(), *map(last_of, keys.values())}
    links = Link.objects.filter(space__in=spaces, target__in=names)
    linked = set(links.values_list("space", "target").distinct().order_by())
    held = PathName.objects.filter(space__in=spaces, twin__in=set(keys.values()))
    taken = {
        (Shelf(space, holder), twin): memory_id
        for space, holder, twin, memory_id in held.values_list(
            "space", "holder", "twin", "memory_id"
        )
    }

    def is_named(row: Row) -> bool:
        shelf, key = shelf_of(row), keys[row["id"]]
        if taken.get((shelf, key), row["id"]) != row["id"]:
            return False
        return bool(linked & {(shelf.space, key), (shelf.space, last_of(key))})

    return [row for row in renamed if is_named(row)]


def carry_out(ready: Rewriting) -> Relinked:
    """Changes all of the texts or none, in the caller's transaction. Raises what refuses one."""
    outcomes = ready.part.carry_out() if ready.part else [None] * len(ready.sources)
    for outcome in outcomes:
        if isinstance(outcome, HubError) and not isinstance(outcome, NotCarriedOut):
            raise outcome
    return Relinked(ready.sources, outcomes, ready.more)
