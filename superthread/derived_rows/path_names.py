"""Names of paths follow their memories: a subscriber, whose rows go with the change's own."""

from collections.abc import Sequence
from typing import NamedTuple

from memory_hub.database.statements import Statement, deleted, inserted
from memory_hub.events.telling import hears
from superthread.events import Facts, MemoryChanged, MemoryKind
from superthread.models.space import PLACE
from superthread.paths import Shelf, folder_of, folders_of, name_of, shelf_of, twin_of

TABLE = "superthread_path"
_COLUMNS = ("space", "holder", "name", "twin", "is_folder", "folder", "in_folder", "memory_id")
# Columns whose change may change who has which path.
NAMING = frozenset({"path", "deleted_at", *PLACE})


class Held(NamedTuple):
    """A path that a living memory has."""

    shelf: Shelf
    path: str


def held(memory: Facts | None) -> Held | None:
    """The path that the memory has; in the trash none."""
    if memory is None or memory["path"] is None or memory.get("deleted_at") is not None:
        return None
    return Held(shelf_of(memory), memory["path"])


@hears(MemoryChanged)
def follow(events: Sequence[MemoryChanged]) -> list[Statement]:
    """What takes names from those that have them no more, and gives them to those that have them
    now. Of a memory that is deleted for good the database takes it."""
    gone, come = [], []
    for event in events:
        if event.after is None or not (event.before is None or event.changed & NAMING):
            continue
        back = event.kind is MemoryKind.UNDELETED
        before, now = None if back else held(event.before), held(event.after)
        if before == now:
            continue
        # Whoever comes back may have its old name, if its going was not told.
        if before is not None or back:
            gone.append(event.memory["id"])
        if now is not None:
            come.append((event.memory["id"], now))
    return [*deleted(TABLE, "memory_id", gone), *_given(come)]


def _given(come: Sequence[tuple[int, Held]]) -> list[Statement]:
    """In the order of names, lest two writers wait for each other: folders first, for what lies in
    them refers to them."""
    folders, files = set(), []
    for memory_id, (shelf, path) in come:
        name = name_of(path)
        folders.update((*shelf, one) for one in folders_of(name))
        files.append((*shelf, name, twin_of(name), False, *_in(name), memory_id))
    rows = [(*shelf, name, None, True, *_in(name), None) for *shelf, name in sorted(folders)]
    return [
        *inserted(TABLE, _COLUMNS, rows, "ON CONFLICT DO NOTHING"),
        *inserted(TABLE, _COLUMNS, sorted(files)),
    ]


def _in(name: str) -> tuple[str | None, bool | None]:
    folder = folder_of(name)
    return folder, None if folder is None else True
