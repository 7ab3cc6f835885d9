"""The numbers and letters in front of list items, as Docs writes them."""

import re
from typing import Any

ORDERED = {"DECIMAL", "ZERO_DECIMAL", "UPPER_ALPHA", "ALPHA", "UPPER_ROMAN", "ROMAN"}
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
INDENT = "  "


class Lists:
    """The lists of one tab, and how far each of them has been counted."""

    def __init__(self, lists: dict[str, Any]) -> None:
        self._levels = {
            list_id: one.get("listProperties", {}).get("nestingLevels", [])
            for list_id, one in lists.items()
        }
        self._counts: dict[str, list[int]] = {}

    def prefix(self, bullet: dict[str, Any]) -> tuple[str, bool]:
        """What stands in front of the next item with this bullet, and whether it is a number."""
        list_id, level = bullet.get("listId", ""), bullet.get("nestingLevel", 0)
        levels = self._levels.get(list_id, [])
        own = levels[level] if level < len(levels) else {}
        counts = self._counts.setdefault(list_id, [])
        counts += [_start(levels, depth) - 1 for depth in range(len(counts), level + 1)]
        counts[level] += 1
        del counts[level + 1 :]
        if own.get("glyphType") == "NONE":
            return INDENT * level, False
        if own.get("glyphType") not in ORDERED:
            return INDENT * level + "- ", False
        form = own.get("glyphFormat") or f"%{level}."
        return INDENT * level + _filled(form, levels, counts) + " ", True


def _start(levels: list[dict[str, Any]], depth: int) -> int:
    return (levels[depth].get("startNumber") or 1) if depth < len(levels) else 1


def _filled(form: str, levels: list[dict[str, Any]], counts: list[int]) -> str:
    def glyph(match: re.Match[str]) -> str:
        depth = int(match[1])
        kind = levels[depth].get("glyphType", "") if depth < len(levels) else ""
        return written(counts[depth], kind) if depth < len(counts) else ""

    return re.sub(r"%(\d)", glyph, form)


def written(number: int, kind: str) -> str:
    """A number in one of Google's glyph types."""
    if kind == "ZERO_DECIMAL":
        return f"{number:02d}"
    if kind in {"ALPHA", "UPPER_ALPHA"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if kind == "UPPER_ALPHA" else letter
    if kind in {"ROMAN", "UPPER_ROMAN"} and 0 < number < 4000:
        roman = _roman(number)
        return roman.upper() if kind == "UPPER_ROMAN" else roman
    return str(number)


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        found += letters * (number // value)
        number %= value
    return found
