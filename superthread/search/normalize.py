"""One spelling for every form of a letter, with the way back to the text as it was written."""

import re
import unicodedata
from typing import NamedTuple

_HALF_WIDTH = re.compile("[\uffa0-\uffdc]+")

# The final consonants of a syllable block in code order, as the letters of Hangul Compatibility
# Jamo; the first place is "no final" (Unicode, chapter 3.12).
_FINAL_OF = {
    letter: place
    for place, letter in enumerate(" ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
    if place
}


class Folded(NamedTuple):
    """A text in NFKC; character `i` of it was written at `spans[i]` of the original.

    `spans` is None where every character stands at its own place.
    """

    text: str
    spans: list[tuple[int, int]] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original that became `text[start:end]` (not empty)."""
        if self.spans is None:
            return start, end
        return self.spans[start][0], self.spans[end - 1][1]


def fold(text: str) -> str:
    """Bring `text` to NFKC, with half-width Hangul letters joined to syllables."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _HALF_WIDTH.sub(_joined, text))


def fold_with_spans(text: str) -> Folded:
    """Like `fold`, remembering where in `text` each character came from."""
    if text.isascii() or fold(text) == text:
        return Folded(text, None)
    out: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end, piece in _pieces(text):
        out.append(piece)
        spans.extend([(start, end)] * len(piece))
    return Folded("".join(out), spans)


def _pieces(text: str):
    """Yield (start, end, normal form) of the smallest parts that normalise on their own."""
    start = 0
    while start < len(text):
        if match := _HALF_WIDTH.match(text, start):
            for size, syllable in _syllables(match.group()):
                yield start, start + size, syllable
                start += size
            continue
        end = start + 1
        while end < len(text) and _joins_the_one_before(text[end]):
            end += 1
        yield start, end, unicodedata.normalize("NFKC", text[start:end])
        start = end


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
    letters = [unicodedata.normalize("NFKC", c) for c in run]
    at = 0
    while at < len(letters):
        if not (_is_vowel(letters, at + 1) and "\u1100" <= letters[at] <= "\u1112"):
            yield 1, letters[at]
            at += 1
            continue
        size, code = 2, ord(unicodedata.normalize("NFC", letters[at] + letters[at + 1]))
        final = _FINAL_OF.get(_compatible(run, at + 2))
        if final and not _is_vowel(letters, at + 3):
            size, code = 3, code + final
        yield size, chr(code)
        at += size


def _is_vowel(letters: list[str], at: int) -> bool:
    return at < len(letters) and "\u1161" <= letters[at] <= "\u1175"


def _compatible(run: str, at: int) -> str:
    """The full-width letter (U+3131…) that the half-width one at `at` decomposes to."""
    if at >= len(run):
        return ""
    mapping = unicodedata.decomposition(run[at])
    return chr(int(mapping.split()[-1], 16)) if mapping else ""
