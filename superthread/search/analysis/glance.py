"""What kinds of data a text may have, by looks that pass over most texts at the speed of C.

A look says no only where the patterns of its kind (`language`) find nothing.
"""

import re
from typing import NamedTuple

from superthread.search.analysis.encoded import SHORTEST
from superthread.search.analysis.pieces import PIECE

# From here on a line with hardly a space and many signs is minified code.
LONG_LINE = 500
SPACES = 0.08  # of its characters: in it there are fewer
# Characters around a part that tell what it is.
CONTEXT = 5_000

# Of ASCII: digits of hexadecimal numbers, what stands between them, the x of 0x; all else is a dot.
_HEX_DIGITS, _BETWEEN = b"0123456789abcdefABCDEF", b" \t:,\r\n"
_ALIKE = bytes(
    ord("h" if one in _HEX_DIGITS else " " if one in _BETWEEN else "x" if one == ord("x") else ".")
    for one in range(256)
)
_SPACE_OR_NOT = bytes(32 if chr(one).isspace() and one < 128 else 46 for one in range(256))
_NO_DIGITS = bytes(one for one in range(256) if not chr(one).isdecimal())
_A_RUN = b"." * SHORTEST
# Digits of a drawing or a vector, pairs of a dump: half of those that it has, for neighbours share
# what is between them.
_FEWEST_DIGITS, _FEWEST_PAIRS = 48, 7
_LITERALS = ("data:", "-----BEGIN", "eyJ", '"outputs"', "<~", "\x1b[")
_DIGIT = re.compile(r"\d")
_NUMBER = r"\d[\d.]{0,9}[,;\s-]{1,3}"
_NUMBERS = re.compile(rf"{_NUMBER}(?:{_NUMBER}){{7}}")
_BEGIN = re.compile(r"begin (?<![^\n]begin )\d")
_ARRAY = re.compile(r"0x..?, ?0x..?,")
_OCTAL = re.compile(r"[0-7][0-7]{5} [0-7]{6} ")
_HEX = "[0-9A-Fa-f]"
_PAIRS = re.compile(rf"{_HEX}{_HEX}(?:{_HEX}{{2}})?[ :]{_HEX}{{2}}(?:{_HEX}{{2}})?[ :]")


class Glance(NamedTuple):
    """Whether anything in a text may be data, and which of the costly kinds may be there: long runs
    without a space, long lines of few spaces, lists of numbers, lines of dumps, pairs of hex
    digits; ``said``: what says itself that it is."""

    is_worth_a_look: bool
    said: bool
    runs: bool
    lines: bool
    numbers: bool
    dumps: bool
    pairs: bool

    @classmethod
    def at(cls, text: str) -> "Glance":
        """At all of a text, piece by piece."""
        if len(text) <= PIECE + CONTEXT:
            return _glance(text)
        pieces = (_glance(text[at : at + PIECE + CONTEXT]) for at in range(0, len(text), PIECE))
        return cls(*map(any, zip(*pieces, strict=True)))


def _glance(text: str) -> Glance:
    told = text.encode("utf-8", "surrogatepass")
    alike = told.translate(_ALIKE)
    digits = _digits(text, told)
    runs = _has_long_run(text, told)
    long = _long_lines(text) if len(text) >= LONG_LINE else []
    return Glance(
        is_worth_a_look=runs or bool(long) or _has_a_sign(text, alike, digits),
        said=_says(text),
        runs=runs,
        lines=any(line.count(" ") < len(line) * SPACES for line in long),
        numbers=digits >= _FEWEST_DIGITS,
        dumps=alike.startswith(b"hhhhhh") or b" hhhhhh" in alike,
        pairs=alike.count(b" hh ") + alike.count(b"xhh ") >= _FEWEST_PAIRS,
    )


def _says(text: str) -> bool:
    # One by one: a loop would take longer than they do.
    return (
        "%" in text
        or "=" in text
        or "data:" in text
        or "eyJ" in text
        or "\x1b[" in text
        or "-----BEGIN " in text
        or "begin " in text
        or "GIT binary" in text
        or "<~" in text
    )


def _digits(text: str, told: bytes) -> int:
    """How many there are, of any script."""
    if text.isascii():
        return len(told.translate(None, _NO_DIGITS))
    return len(_DIGIT.findall(text))


def _has_long_run(text: str, told: bytes) -> bool:
    if _A_RUN not in told.translate(_SPACE_OR_NOT):
        return False
    # Letters of other scripts have several bytes.
    return text.isascii() or max(map(len, text.split())) >= SHORTEST


def _long_lines(text: str) -> list[str]:
    return [line for line in text.replace("\r", "\n").split("\n") if len(line) >= LONG_LINE]


def _has_a_sign(text: str, alike: bytes, digits: int) -> bool:
    if any(literal in text for literal in _LITERALS):
        return True
    return bool(
        ("begin " in text and _BEGIN.search(text))
        or ("0x" in text and _ARRAY.search(text))
        or (digits >= 8 and _NUMBERS.search(text))
        or (b"hhhhhh hhhhhh " in alike and _OCTAL.search(text))
        or ((b"hh hh " in alike or b"hh hhhh " in alike) and _PAIRS.search(text))
    )
