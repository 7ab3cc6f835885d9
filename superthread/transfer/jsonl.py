"""Reading JSON Lines: one object of the create shape a line, with an optional ``source``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from memory_hub.api import strict_json
from memory_hub.core.errors import BadInput
from superthread.transfer.items import Item, Kind, TransferOutcome, printable
from superthread.transfer.line import TOLD, is_exported
from superthread.transfer.mapping import OURS, BadMapping, FieldMap

# As the body of a request that saves one memory.
LINE_BYTES = 8 * 2**20


def read_jsonl(
    path: Path, *, field_map: FieldMap, advance: Callable[[int], Any]
) -> Iterator[Item | TransferOutcome]:
    """Items and failures in the order of the lines; blank lines are nothing.

    ``field_map`` knows our names for the file's. ``advance`` is told the bytes read.
    Raises OSError.
    """
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LINE_BYTES + 1), b""), 1):
            place = f"{printable(path.name)}:{number}"
            whole = len(line) <= LINE_BYTES
            advance(len(line) if whole else len(line) + _skip_rest(file, line))
            if not whole:
                why = f"The line has more than {LINE_BYTES // 2**20} MiB."
                yield TransferOutcome(Kind.FAILED, place, why)
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield _item(place, line, field_map)


def _skip_rest(file: BinaryIO, line: bytes) -> int:
    """Reads on to the end of the line, without keeping it; returns how many bytes that was."""
    skipped = 0
    while not line.endswith(b"\n"):
        line = file.readline(2**20)
        if not line:
            break
        skipped += len(line)
    return skipped


def _item(place: str, line: bytes, field_map: FieldMap) -> Item | TransferOutcome:
    try:
        fields = strict_json.loads(line)
        if not isinstance(fields, dict):
            return TransferOutcome(Kind.FAILED, place, "A JSON object is expected.")
        # Of a file of others an owner or a version is a field that nobody knows.
        named = field_map(fields, known=TOLD if is_exported(fields) else OURS)
    except (BadInput, BadMapping) as error:
        return TransferOutcome(Kind.FAILED, place, str(error))
    return Item(place, named.pop("source", None), named)
