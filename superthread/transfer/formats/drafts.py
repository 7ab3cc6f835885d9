"""From what other programs write to fields of ours: moments, paths, metadata, texts in parts."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from rest_framework.serializers import ValidationError

from memory_hub.api.fields import CONTROL, is_blank
from memory_hub.core.errors import HubError
from memory_hub.core.text import rfc3339
from superthread import limits
from superthread.fields import Metadata
from superthread.paths import NOTE, BadPath, checked, key_of
from superthread.transfer.dates import mapped
from superthread.transfer.folder import SUFFIXES

# Bytes of a part of what is too long for one memory; a search finds the part, not half a book.
PART_BYTES = 512 * 2**10
_HEAD_BYTES = 4 * 2**10
# Bytes of a title in a path.
_SEGMENT = 120
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EARLIEST = datetime(1000, 1, 1, tzinfo=UTC).timestamp()


def clean(text: Any) -> str:
    """The text without what no database takes; of what is no text, nothing."""
    return _UNSTORABLE.sub("\ufffd", text) if isinstance(text, str) else ""


def moment(value: Any) -> str | None:
    """Seconds since 1970, or a date as text, in RFC 3339; None for no moment of the past."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if not _EARLIEST <= value <= datetime.now(UTC).timestamp():
            return None
        return rfc3339(datetime.fromtimestamp(value, UTC))
    told = mapped(value)
    return told if isinstance(told, str) and told.endswith("Z") and _is_past(told) else None


def _is_past(text: str) -> bool:
    try:
        return datetime.fromisoformat(text) <= datetime.now(UTC)
    except ValueError:
        return False


def moments(created: Any, updated: Any) -> dict[str, str]:
    """``created_at`` and ``updated_at``, as far as they are told and in order."""
    found = {"created_at": moment(created), "updated_at": moment(updated)}
    told = {name: value for name, value in found.items() if value}
    if len(told) == 2 and told["updated_at"] < told["created_at"]:
        del told["updated_at"]
    return told


def segment(title: Any, default: str = "untitled") -> str:
    """A title as a part of a path."""
    text = CONTROL.sub(" ", clean(title)).replace("/", "-").replace("\\", "-")
    text = " ".join(text.split())
    short = text.encode()[:_SEGMENT].decode(errors="ignore").strip(" .")
    return default if not short or is_blank(short) else short


def path_of(*parts: str) -> str | None:
    """The path of these segments, None where it cannot be one."""
    try:
        return checked("/".join(parts))
    except BadPath:
        return None


class Paths:
    """Paths of one import: of two alike the later one has its own mark in it."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def free(self, mark: str, *parts: str) -> str | None:
        """The path, a note's unless it says what else it is, that nobody of this import has."""
        *folders, last = parts
        bare, suffix = os.path.splitext(last)
        if suffix.lower() not in SUFFIXES:
            bare, suffix = last, NOTE
        for name in (bare, f"{bare} ({segment(mark)})"):
            path = path_of(*folders, f"{name}{suffix}")
            if path is not None and (key := hash(key_of(path))) not in self._taken:
                self._taken.add(key)
                return path
        return None


def metadata_of(values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """What of the values is something and fits, and a sentence about what does not."""
    kept: dict[str, Any] = {}
    field, left_out = Metadata(), []
    field.field_name = "metadata"
    room = limits.METADATA_BYTES - 1024
    for name, value in values.items():
        if value is None or value in ("", [], {}):
            continue
        try:
            told = field.to_internal_value({clean(name): value})
            size = len(orjson.dumps(told))
            if size > room or _keys(kept) + _keys(told) > limits.METADATA_KEYS:
                raise ValueError
        except (ValidationError, ValueError, TypeError, RecursionError, HubError):
            left_out.append(ascii(name)[1:-1])
            continue
        room -= size
        kept |= told
    if not left_out:
        return kept, ""
    return kept, f"Not in its metadata, for its size or form: {', '.join(left_out[:8])}."


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def in_parts(head: str, blocks: Iterable[str]) -> Iterator[str]:
    """The texts of PART_BYTES at most that the blocks make, one behind the other; each begins with
    the head, which is cut where it is longer than any title."""
    if len(head.encode()) > _HEAD_BYTES:
        head = head.encode()[:_HEAD_BYTES].decode(errors="ignore") + "…\n\n"
    room = PART_BYTES - len(head.encode()) - 64
    parts, size = [], 0
    for block in blocks:
        for piece in _pieces(block, room):
            length = len(piece.encode()) + 2
            if parts and size + length > room:
                yield head + "\n\n".join(parts)
                parts, size = [], 0
            parts.append(piece)
            size += length
    if parts:
        yield head + "\n\n".join(parts)


def _pieces(text: str, most: int) -> Iterator[str]:
    """The text, cut at an end of a line where it can be."""
    while len(text.encode()) > most:
        end = len(text.encode()[:most].decode(errors="ignore"))
        line = text.rfind("\n", end // 2, end)
        end = end if line < 0 else line + 1
        yield text[:end]
        text = text[end:]
    if not is_blank(text):
        yield text


def texts(value: Any) -> list[str]:
    """The texts of a list, or of one with commas: tags, categories."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return []
    return [clean(one).strip() for one in value if isinstance(one, str) and one.strip()]
