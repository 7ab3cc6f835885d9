"""Text to index terms, the same for memories and queries, in Korean, English and code.

Terms are what the index stores. Any change of what `terms` returns needs a new `VERSION`: the hub
then says at start-up that memories were indexed by another version, and `reindex` renews them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from superthread.search.english import CLITICS, NEGATIONS, word_term
from superthread.search.korean import PARTICLES, bigrams, hangul_terms
from superthread.search.normalize import fold

VERSION = 1

# Longer terms are cut: PostgreSQL takes no index entry above 2 704 bytes, and nobody types them.
LONGEST_TERM = 64

_HANGUL, _CJK = "가-힣", "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_LETTERS = rf"[^\W{_HANGUL}{_CJK}]"
_RUN = re.compile(rf"([{_HANGUL}]+)|([{_CJK}]+)|({_LETTERS}+(?:['’]{_LETTERS}+)*)")
# The words inside parseInvoiceDate, HTTPServer and TP1234.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Word(NamedTuple):
    """A run of letters of one script at `start:end` of the folded text, and its terms."""

    start: int
    end: int
    terms: tuple[str, ...]


def terms(text: str) -> list[str]:
    """All terms of `text` in order, repeated as often as they occur."""
    return [term for word in words(fold(text)) for term in word.terms]


def words(folded: str) -> Iterator[Word]:
    """The words of a text that `fold` has seen; words without terms (stop words) are left out."""
    end_of_letters = -1
    for match in _RUN.finditer(folded):
        hangul, cjk, letters = match.groups()
        start, end = match.span()
        if hangul:
            # The particle of a foreign word, as in Redis를, says nothing by itself.
            found = () if start == end_of_letters and hangul in PARTICLES else hangul_terms(hangul)
        elif cjk:
            found = tuple(bigrams(cjk))
        else:
            found = letter_terms(letters)
            end_of_letters = end
        if found:
            yield Word(start, end, found)


@lru_cache(maxsize=65536)
def letter_terms(run: str) -> tuple[str, ...]:
    """The terms of a run of letters and digits, of any script that has spaces between words."""
    pieces = re.split("['’]", run)
    if len(pieces) > 1 and pieces[-1].casefold() in CLITICS:
        tail = pieces.pop().casefold()
        if tail == "t" and pieces[-1].casefold() in NEGATIONS:
            pieces.pop()
    return tuple(term[:LONGEST_TERM] for piece in pieces for term in _piece_terms(piece) if term)


def _piece_terms(raw: str) -> list[str]:
    raw = _without_accents(raw)
    if raw.isalpha() and (raw.islower() or raw.istitle()):
        return [word_term(raw)]
    parts = [part for piece in raw.split("_") for part in _PART.findall(piece)]
    if "_" not in raw and len(parts) < 2:
        return [word_term(raw)]
    # An identifier is found as a whole and by the words in it.
    whole = word_term(raw) if raw.isalpha() else raw.casefold().strip("_")
    return [whole, *(word_term(part) for part in parts if len(part) > 1 or part.isdigit())]


def _without_accents(raw: str) -> str:
    """Café and cafe are one word. Only for letters outside Hangul, which this would take apart."""
    if raw.isascii():
        return raw
    return "".join(c for c in unicodedata.normalize("NFKD", raw) if not unicodedata.combining(c))
