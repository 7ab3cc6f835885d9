"""After a rename: making the links that led to a path lead to where the memory is now."""

from typing import Any, NamedTuple

from django.db.models import QuerySet

from memory_hub.accounts.principal import Principal
from memory_hub.core.links import path_to
from superthread import limits, links
from superthread.models import Link, Memory
from superthread.paths import NOTE, key_of, shelf_of
from superthread.policies import Role, with_role
from superthread.reads.memories import find
from superthread.reads.representation import Row
from superthread.services import batch
from superthread.services.batch import Change, Changes, How, Outcome

MOST = 200  # memories in a call
# … and bytes of their texts, which an atomic batch reads and writes.
MOST_BYTES = limits.ATOMIC_BYTES // 3


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


def offer(row: Row, old: str | None, by: Principal) -> dict[str, Any] | None:
    """What a rename from ``old`` leaves to be rewritten: how many memories, MOST at the most, and
    the request that does it. None where there is nothing."""
    if old is None or row["path"] is None:
        return None
    count = saying(row, old, by)[:MOST].count()
    url = path_to(f"/superthread/memories/{row['doc_id']}/links")
    return {"memories": count, "from": old, "url": url} if count else None


def carry_out(ready: Rewriting) -> Relinked:
    """Changes all of the texts or none, in the caller's transaction."""
    outcomes = ready.part.carry_out() if ready.part else [None] * len(ready.sources)
    return Relinked(ready.sources, outcomes, ready.more)
