"""One spelling for every form of a letter, with the way back to the text as it was written."""

import re
import unicodedata
from bisect import bisect
from typing import NamedTuple

_HALF_WIDTH = re.compile("[\uffa0-\uffdc]+")
# Characters that stand for themselves and join no other: of ASCII, Latin letters with accents,
# quotes and dashes, kana, Han and Hangul.
PLAIN = (
    "\x00-\x7f\u00c0-\u0131\u2012-\u2015\u2018-\u201f\u3001-\u3029\u3041-\u3096\u30a1-\u30fa"
    "\u3400-\u4dbf\u4e00-\u9fff가-힣"
)
# Up to the last that the next one cannot join.
_PLAIN = re.compile(f"[{PLAIN}]+(?=[{PLAIN}]|\\Z)")

# Typed letter by letter: NFKC makes one syllable of a lone consonant and a lone vowel.
_LONE_LETTERS = re.compile("[\u3131-\u314e\u1100-\u1112][\u314f-\u3163\uffc2-\uffdc]")

# Syllables are numbered initial by vowel by final (Unicode, chapter 3.12).
_FIRST_SYLLABLE, _VOWELS, _FINALS = 0xAC00, 21, 28
_FINAL_LETTERS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"  # the first: none


def _full_width(half: str) -> str:
    """The compatibility letter that a half-width one stands for, or "" for an unassigned one."""
    mapping = unicodedata.decomposition(half)
    return chr(int(mapping.split()[-1], 16)) if mapping else ""


_ALONE = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFFA0, 0xFFDD)}
_INITIAL = {half: ord(one) - 0x1100 for half, one in _ALONE.items() if "\u1100" <= one <= "\u1112"}
_VOWEL = {half: ord(one) - 0x1161 for half, one in _ALONE.items() if "\u1161" <= one <= "\u1175"}
_FINAL = {
    half: _FINAL_LETTERS.index(letter)
    for half in _ALONE
    if (letter := _full_width(half)) and letter in _FINAL_LETTERS
}


class Stretches:
    """The parts of a folded text: where each begins, there and as it was written, and of how many
    characters it was written; none where each character of it was written as one."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.written: list[tuple[int, int]] = []

    def original(self, at: int) -> tuple[int, int]:
        """Where the character at a place of the folded text was written."""
        number = bisect(self.starts, at) - 1
        start, size = self.written[number]
        if size:
            return start, start + size
        start += at - self.starts[number]
        return start, start + 1


class Folded(NamedTuple):
    """A text in NFKC, and the stretches that it is made of.

    Without any, every character stands at its own place.
    """

    text: str
    stretches: Stretches | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original that became `text[start:end]` (not empty)."""
        if self.stretches is None:
            return start, end
        return self.stretches.original(start)[0], self.stretches.original(end - 1)[1]


def fold(text: str) -> str:
    """Bring `text` to NFKC, with half-width Hangul letters joined to syllables."""
    # Of half-width letters none is in NFKC.
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", _HALF_WIDTH.sub(_joined, text))


def fold_with_spans(text: str) -> Folded:
    """Like `fold`, remembering where in `text` each character came from."""
    if fold(text) == text:
        return Folded(text, None)
    out: list[str] = []
    stretches = Stretches()
    at = folded_at = 0
    while at < len(text):
        # Most of most texts, without a step for each character.
        if plain := _PLAIN.match(text, at):
            out.append(plain[0])
            stretches.starts.append(folded_at)
            stretches.written.append((at, 0))
            at = plain.end()
            folded_at += len(plain[0])
            continue
        for size, piece in _piece(text, at):
            out.append(piece)
            stretches.starts.append(folded_at)
            stretches.written.append((at, size))
            at += size
            folded_at += len(piece)
    return Folded("".join(out), stretches)


def _piece(text: str, start: int) -> list[tuple[int, str]]:
    """The smallest part from `start` that normalises on its own, as what it becomes: (characters
    used, normal form), several of them for half-width Hangul."""
    if match := _HALF_WIDTH.match(text, start):
        return list(_syllables(match.group()))
    end = start + (2 if _LONE_LETTERS.match(text, start) else 1)
    while end < len(text) and _joins_the_one_before(text[end]):
        end += 1
    return [(end - start, unicodedata.normalize("NFKC", text[start:end]))]


def _joins_the_one_before(char: str) -> bool:
    return (
        "\u1160" <= char <= "\u11ff" or unicodedata.combining(char) != 0 or char in "\uff9e\uff9f"
    )


def _joined(match: re.Match[str]) -> str:
    return "".join(syllable for _, syllable in _syllables(match.group()))


def _syllables(run: str):
    """Yield (letters used, syllable) over half-width letters.

    NFKC alone takes every consonant for an initial one and would leave 한 as 하 and a lone ㄴ. A
    consonant closes the syllable before it unless a vowel follows, as an input method decides.
    """
    at, end = 0, len(run)
    while at < end:
        initial = _INITIAL.get(run[at])
        vowel = _VOWEL.get(run[at + 1]) if at + 1 < end else None
        if initial is None or vowel is None:
            yield 1, _ALONE[run[at]]
            at += 1
            continue
        size, final = 2, _FINAL.get(run[at + 2], 0) if at + 2 < end else 0
        if final and (at + 3 == end or run[at + 3] not in _VOWEL):
            size += 1
        else:
            final = 0
        yield size, chr(_FIRST_SYLLABLE + (initial * _VOWELS + vowel) * _FINALS + final)
        at += size
