"""After a rename: making the links that led to a path lead to where the memory is now."""

from typing import Any, NamedTuple

from memory_hub.accounts.principal import Principal
from superthread import limits, links
from superthread.models import Link
from superthread.paths import name_of, shelf_of, twin_of
from superthread.policies import Role
from superthread.reads.links import readable
from superthread.reads.memories import find
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
    key = twin_of(name_of(old))
    if row["path"] is None:
        return Rewriting([], None, False)
    shelf = shelf_of(row)
    found = Link.objects.filter(space=shelf.space, target=key).order_by("memory_id")
    ids = list(found.values_list("memory_id", flat=True).distinct()[: MOST + 1])
    chosen = readable(by, ids[:MOST], Role.EDITOR)
    if shelf.holder:
        chosen = chosen.filter(owner_id=shelf.holder)
    sources, changes, size, more = [], [], 0, len(ids) > MOST
    columns = ("doc_id", "path", "title", "content", "revision", "size")
    # A few at a time: each may have a megabyte.
    for one in chosen.values(*columns).iterator(chunk_size=8):
        content = one.pop("content")
        size += one.pop("size")
        if sources and size > MOST_BYTES:
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


def carry_out(ready: Rewriting) -> Relinked:
    """Changes all of the texts or none, in the caller's transaction."""
    outcomes = ready.part.carry_out() if ready.part else [None] * len(ready.sources)
    return Relinked(ready.sources, outcomes, ready.more)
