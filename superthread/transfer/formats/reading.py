"""What readers are told, and how they look at a file before they read it."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from memory_hub.api import strict_json
from memory_hub.core.errors import BadInput
from superthread.transfer.folder import Reading
from superthread.transfer.formats.json_stream import BadJson, elements
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, TransferOutcome
from superthread.transfer.jsonl import LINE_BYTES

# Elements in which it is looked for whose they are.
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read: conversations by ``exchanges``, files under the name of a ``collection``, and
    notes as ``notes`` says."""

    exchanges: bool = False
    collection: str | None = None
    notes: Reading = field(default_factory=Reading)


@dataclass(frozen=True, slots=True)
class Format:
    """``recognised`` tells whether these are files of the program; ``read`` yields what is in them,
    holding little of it at a time.
    ``is_data``: its files are no texts, and lie at the top of a directory that has texts too."""

    name: str
    recognised: Callable[[Tree], bool]
    read: Callable[[Tree, ReadOptions], Iterator[Item | TransferOutcome]]
    is_data: bool = False


def said_by_keys(tree: Tree, name: str, *keys: str) -> set[str]:
    """The keys of the first object among the first elements of a JSON file, of its array or of
    those under ``keys``."""
    try:
        with tree.unseen(), tree.open(name) as file:
            for one in islice(elements(file, keys), _LOOKED_AT):
                if isinstance(one, dict):
                    return set(one)
    except (BadJson, OSError):
        pass
    return set()


def elements_of(tree: Tree, name: str, keys: Container[str] = ()) -> Iterator[tuple[int, Any]]:
    """The elements of a JSON file, of its array or of those under ``keys``, with their numbers;
    BadJson, as a value and the last one, where it is none any more."""
    number = 0
    try:
        with tree.open(name) as file:
            for number, value in enumerate(elements(file, keys), 1):
                yield number, value
    except BadJson as error:
        yield number + 1, error


def lines_of(tree: Tree, name: str) -> Iterator[tuple[int, Any]]:
    """The JSON of each line that is not blank, with the line's number; BadJson, as a value, for a
    line that is none or is too long."""
    with tree.open(name) as file:
        number = 0
        while line := file.readline(LINE_BYTES + 1):
            number += 1
            if len(line) > LINE_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(2**20)
                yield number, BadJson(f"The line has more than {LINE_BYTES // 2**20} MiB.")
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield number, _json(line)


def _json(line: bytes) -> Any:
    try:
        return strict_json.loads(line)
    except BadInput as error:
        return BadJson(str(error))


def first_line(tree: Tree, name: str) -> dict[str, Any]:
    """The object in the first line that is not blank, an empty one where that is none."""
    with tree.unseen():
        found = next(lines_of(tree, name), (0, None))[1]
    return found if isinstance(found, dict) else {}
