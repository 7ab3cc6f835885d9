"""Namespaces and keys as paths, and back: one path for each, and no other one's.

Of paths that differ by case or normal form alone a space has one, so what would be compared so is
written as ``~`` and the two hexadecimal digits of each of its bytes in UTF-8. What ends in
``.json`` is an item, what does not is a namespace: no dot of theirs is left as it is.
"""

import re
import unicodedata
from collections.abc import Sequence

from superthread.paths import name_of

ENDING = ".json"
_PLAIN = re.compile(r"[a-z0-9_-]")
_ESCAPED = re.compile("~([0-9a-f]{2})")
# Letters that are made of others when they stand together.
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")


def path_of(root: str, namespace: Sequence[str], key: str) -> str:
    """The path of an item below ``root``; whether it is too long is not asked here."""
    return f"{folder_of(root, namespace)}{escaped(key)}{ENDING}"


def folder_of(root: str, namespace: Sequence[str]) -> str:
    """What the paths of all items in a namespace, and in those below it, begin with."""
    return root + "".join(f"{escaped(label)}/" for label in namespace)


def item_at(root: str, path: str) -> tuple[list[str], str] | None:
    """The namespace and the key of a path below ``root``; None for one that no item has."""
    *labels, last = path.removeprefix(root).split("/")
    if not last.endswith(ENDING):
        return None
    read = [unescaped(one) for one in (*labels, last.removesuffix(ENDING))]
    names = [one for one in read if one is not None]
    if len(names) < len(read):
        return None
    return names[:-1], names[-1]


def escaped(name: str) -> str:
    """A label or a key as part of a path's segment."""
    found = "".join(map(_written, name))
    # Kept letters may be made one by their neighbours, in a Unicode that is newer than this rule.
    return found if name_of(found) == found else "".join(map(_as_bytes, name))


def unescaped(segment: str) -> str | None:
    """What ``escaped`` made this of; None: of nothing."""
    raw = re.sub(_ESCAPED, lambda found: bytes.fromhex(found[1]).decode("latin-1"), _latin(segment))
    try:
        name = raw.encode("latin-1").decode()
    except UnicodeDecodeError:
        return None
    return name if escaped(name) == segment else None


def _latin(text: str) -> str:
    """Each byte of the text in UTF-8 as a character."""
    return text.encode().decode("latin-1")


def _written(letter: str) -> str:
    if _PLAIN.match(letter) or (not letter.isascii() and _is_stable(letter)):
        return letter
    return _as_bytes(letter)


def _is_stable(letter: str) -> bool:
    """Whether a letter is the same in every case and normal form, whatever stands beside it."""
    return (
        unicodedata.category(letter) in ("Ll", "Lo")
        and not _JAMO.match(letter)
        and name_of(letter) == letter
    )


def _as_bytes(letter: str) -> str:
    if _PLAIN.match(letter):
        return letter
    return "".join(f"~{byte:02x}" for byte in letter.encode())
