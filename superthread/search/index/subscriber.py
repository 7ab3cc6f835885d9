"""The search index hears what changes of memories, and adds its statements to the change's own."""

from collections.abc import Sequence

from memory_hub.database.statements import Statement, run
from memory_hub.events.telling import hears
from superthread.events import GONE, MemoryChanged, MemoryKind
from superthread.models.space import PLACE, space_of
from superthread.search.index import indexer
from superthread.search.index.described import terms_beside

_SAID = ("category", "metadata", "path")


@hears(MemoryChanged)
def follow(events: Sequence[MemoryChanged]) -> list[Statement]:
    """What brings the index up to date."""
    gone = [event for event in events if event.kind in GONE]
    new = [event for event in events if event.kind is MemoryKind.CREATED]
    same = [event for event in events if event.before and event.after]
    rewritten = [event for event in same if "content" in event.changed]
    kept = [event for event in same if "content" not in event.changed]
    beside = _described([event for event in kept if not event.changed.isdisjoint(_SAID)])
    spaces = {
        event.memory["id"]: space_of(event.memory)
        for event in kept
        if not event.changed.isdisjoint(PLACE)
    }
    if beside and spaces:
        # Who gets a memory gets its words as they are now.
        run(beside)
        beside = []
    return [
        *_forgotten(gone),
        *_created(new),
        *_rewritten(rewritten),
        *beside,
        *(indexer.moved(spaces) if spaces else ()),
    ]


def _forgotten(events: Sequence[MemoryChanged]) -> list[Statement]:
    if not events:
        return []
    return indexer.forgotten([event.memory["id"] for event in events])


def _created(events: Sequence[MemoryChanged]) -> list[Statement]:
    if not events:
        return []
    ids = [event.memory["id"] for event in events]
    spaces = [space_of(event.memory) for event in events]
    return indexer.written(ids, events[0].prepared, spaces, new=True)


def _rewritten(events: Sequence[MemoryChanged]) -> list[Statement]:
    if not events:
        return []
    states = [event.memory for event in events]
    prepared = events[0].prepared.with_these([terms_beside(state) for state in states])
    return indexer.written(
        [state["id"] for state in states], prepared, [space_of(state) for state in states]
    )


def _described(events: Sequence[MemoryChanged]) -> list[Statement]:
    if not events:
        return []
    both = {
        event.memory["id"]: (terms_beside(event.before or {}), terms_beside(event.memory))
        for event in events
    }
    changed = {pk: states for pk, states in both.items() if states[0] != states[1]}
    return indexer.described(changed) if changed else []
