"""Paths: addresses of one's own choosing, such as ``notes/deploy.md``.

A path is compared exactly. Two that a file system, a person or a link may take for one another are
not in one shelf: where only case, normal form or a last ``.md`` differs, or where one is a folder
of the other. A shelf is a space; in the public's each owner has one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from unicodedata import normalize

from memory_hub.api.fields import CONTROL, is_blank
from memory_hub.core.text import nfc
from superthread import limits
from superthread.models.space import PUBLIC_SPACE, space_of

NOTE = ".md"


class BadPath(ValueError):
    """No path, and why: ``code`` and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def checked(text: str) -> str:
    """The path in its normal form. Raises BadPath."""
    try:
        path = nfc(text)
    except ValueError:
        raise BadPath("too_many_marks", "Too many combining marks stand in a row.") from None
    segments = path.split("/")
    if not all(segments) or not path:
        raise BadPath("empty_segment", "A segment of a path is empty.")
    if any(segment in (".", "..") for segment in segments):
        raise BadPath("dots", "A segment of a path is neither . nor ...")
    if CONTROL.search(path) or any(map(is_unstorable, path)):
        raise BadPath("control_character", "Control characters are not allowed in a path.")
    if any(map(is_blank, segments)):
        raise BadPath("blank", "A segment of a path shows nothing.")
    if len(segments) > limits.PATH_SEGMENTS:
        raise BadPath("too_many_segments", f"A path has at most {limits.PATH_SEGMENTS} segments.")
    if len(path.encode()) > limits.PATH_BYTES:
        raise BadPath("too_many_bytes", f"A path has at most {limits.PATH_BYTES} bytes of UTF-8.")
    return path


def known_as(text: str) -> str:
    """How a path is stored that somebody asks for; of what is none, what no memory has."""
    try:
        return checked(text.removesuffix("/"))
    except BadPath:
        return ""


def is_unstorable(letter: str) -> bool:
    """Whether no database takes it: half of a surrogate pair."""
    return "\ud800" <= letter <= "\udfff"


def depth_of(path: str | None) -> int | None:
    """How many segments it has."""
    return None if path is None else path.count("/") + 1


def name_of(path: str) -> str:
    """What is one for paths that differ by case alone."""
    return nfc(normalize("NFD", path).casefold())


def twin_of(name: str) -> str:
    """What is one for those that differ by a last .md besides."""
    bare = name
    while bare.endswith(NOTE) and not bare.endswith(f"/{NOTE}") and bare != NOTE:
        bare = bare.removesuffix(NOTE)
    return bare


def key_of(path: str) -> str:
    """What is one for all spellings by which links and people may mean a path."""
    return twin_of(name_of(path))


def last_of(key: str) -> str:
    """The last segment of a key or a path."""
    return key.rpartition("/")[2]


def folder_of(name: str) -> str | None:
    """The folder that it is in, None at the top."""
    return name.rpartition("/")[0] or None


def folders_of(name: str) -> list[str]:
    """The folders that it is in, outermost first."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


class Shelf(NamedTuple):
    """Within what paths are unique."""

    space: int
    holder: int


def shelf_of(memory: Mapping[str, Any]) -> Shelf:
    """The shelf of a memory by the columns of PLACE."""
    space = space_of(memory)
    return Shelf(space, memory["owner_id"] if space == PUBLIC_SPACE else 0)


def after(prefix: str) -> str | None:
    """The first text behind all that begin with ``prefix``, by code points; None: there is none."""
    while prefix:
        following = ord(prefix[-1]) + 1
        if following < 0x110000:
            # No text has half of a surrogate pair.
            return prefix[:-1] + chr(0xE000 if following == 0xD800 else following)
        prefix = prefix[:-1]
    return None
