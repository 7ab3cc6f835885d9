"""Small conversions between stored values and what clients read."""

import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

# Normalisation sorts the combining marks in a row by insertion: in a megabyte of them it would
# hold a thread for hours. Unicode's stream-safe format (UAX #15) has 30; this is generous.
MARKS_IN_A_ROW = 128


def _reordered(code: int) -> bool:
    """True for a character that normalisation may have to sort among its neighbours."""
    character = chr(code)
    if not unicodedata.category(character).startswith("M"):
        return False
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) > 0


class _Patterns(NamedTuple):
    """Too many marks in a row, of all and of the common ones; and where there are rare ones."""

    all: re.Pattern[str]
    common: re.Pattern[str]
    rare: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Made with the first text that needs them: all of Unicode is looked through.

    Marks beyond the first 65,536 characters make a class forty times as slow, and hardly any text
    has them: a range that holds them all tells.
    """
    marks = [chr(code) for code in range(0x300, 0x1F000) if _reordered(code)]
    rare = [mark for mark in marks if mark > "\uffff"]
    common = "".join(mark for mark in marks if mark <= "\uffff")
    return _Patterns(
        _row_of("".join(marks)), _row_of(common), re.compile(f"[{rare[0]}-{rare[-1]}]")
    )


def _row_of(marks: str) -> re.Pattern[str]:
    """The first of a row by itself is looked for fastest."""
    return re.compile(f"[{marks}][{marks}]{{{MARKS_IN_A_ROW}}}")


def nfc(text: str) -> str:
    """The text as NFC. Raises ValueError for more than MARKS_IN_A_ROW combining marks in a row."""
    if text.isascii():
        return text
    patterns = _patterns()
    too_many = patterns.all if patterns.rare.search(text) else patterns.common
    if too_many.search(text):
        raise ValueError(f"More than {MARKS_IN_A_ROW} combining marks stand in a row.")
    return unicodedata.normalize("NFC", text)


def key_in(text: str) -> int | None:
    """The key of a row that a part of a path is; None for what cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def rfc3339(moment: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC with microseconds and ``Z``."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{naive.isoformat(timespec='microseconds')}Z"
