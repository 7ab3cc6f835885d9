"""Small conversions between stored values and what clients read."""

import re
import unicodedata
from datetime import UTC, datetime

# Normalisation sorts the combining marks in a row by insertion: in a megabyte of them it would
# hold a thread for hours. Unicode's stream-safe format (UAX #15) has 30; this is generous.
MARKS_IN_A_ROW = 128


def _reordered(code: int) -> bool:
    """True for a character that normalisation may have to sort among its neighbours."""
    character = chr(code)
    if not unicodedata.category(character).startswith("M"):
        return False
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) > 0


_MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if _reordered(code))
_TOO_MANY_MARKS = re.compile(f"[{_MARKS}]{{{MARKS_IN_A_ROW + 1}}}")


def nfc(text: str) -> str:
    """The text as NFC. Raises ValueError for more than MARKS_IN_A_ROW combining marks in a row."""
    if text.isascii():
        return text
    if _TOO_MANY_MARKS.search(text):
        raise ValueError(f"More than {MARKS_IN_A_ROW} combining marks stand in a row.")
    return unicodedata.normalize("NFC", text)


def rfc3339(moment: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC with microseconds and ``Z``."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{naive.isoformat(timespec='microseconds')}Z"
