"""Text to index terms, the same for memories and queries, in Korean, English and code.

Terms are what the index stores. Any change of what `terms` returns needs a new `VERSION`: the hub
then says at start-up that memories were indexed by another version, and `reindex` renews them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from superthread.search.english import CLITICS, NEGATIONS, word_term
from superthread.search.korean import PARTICLES, bigrams, hangul_terms
from superthread.search.normalize import fold

VERSION = 1

# Longer terms are cut: PostgreSQL takes no index entry above 2 704 bytes, and nobody types them.
LONGEST_TERM = 64

# Longer runs are keys, hashes and encoded data: one term each, not taken apart.
LONGEST_RUN = 256
LONGEST_REMEMBERED = 64  # nobody writes longer words twice

_HANGUL, _CJK = "가-힣", "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_LETTERS = rf"[^\W{_HANGUL}{_CJK}]"
# The second alternative is the third without accents and apostrophes, which is quicker to tell.
_RUN = re.compile(
    rf"[{_HANGUL}]++|[A-Za-z0-9_]++(?![^\x00-&(-\x7f])"
    rf"|{_LETTERS}++(?:['’]{_LETTERS}++)*+|[{_CJK}]++"
)
_HANGUL_LETTER, _CJK_LETTER = re.compile(f"[{_HANGUL}]"), re.compile(f"[{_CJK}]")
# The words inside parseInvoiceDate, HTTPServer and TP1234.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


_APOSTROPHE = re.compile("['’]")


# A run of letters of one script at start:end of the folded text, and its terms.
Word = tuple[int, int, tuple[str, ...]]


def terms(text: str) -> list[str]:
    """All terms of `text` in order, repeated as often as they occur."""
    return [term for _, _, found in words(fold(text)) for term in found]


def words(folded: str) -> Iterator[Word]:
    """The words of a text that `fold` has seen; words without terms (stop words) are left out."""
    end_before = -1
    for match in _RUN.finditer(folded):
        run = match.group()
        start, end = match.span()
        # The particle of a foreign word, as in Redis를, says nothing by itself.
        if (start != end_before or run not in PARTICLES) and (found := _terms_of(run)):
            yield start, end, found
        end_before = end


class Finder:
    """Finds the words with one of the `wanted` terms, in as many texts as one query shows.

    What a run of letters says is remembered over all of them, and the runs that say nothing wanted
    are passed over without a step of Python's: six times as quick as `words`.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._known: dict[str, tuple[str, ...]] = {}
        self._passed_over: set[str] = set()

    def __call__(self, folded: str) -> Iterator[Word]:
        """The words of a text that `fold` has seen, each with its wanted terms alone, once."""
        known, passed_over = self._known, self._passed_over
        for match in [m for m in _RUN.finditer(folded) if m[0] not in passed_over]:
            run = match[0]
            found = known.get(run)
            if found is None:
                terms = _terms_of(run)
                if self._wanted.isdisjoint(terms):
                    passed_over.add(run)
                    continue
                # Each once: a word of 2,000 equal syllables has its one pair 1,999 times.
                found = known[run] = tuple(dict.fromkeys(t for t in terms if t in self._wanted))
            if not (run in PARTICLES and _is_attached(folded, match.start())):
                yield match.start(), match.end(), found


def _is_attached(folded: str, start: int) -> bool:
    """Whether the run at `start` follows one of another script, with nothing between."""
    return start > 0 and _RUN.match(folded[start - 1]) is not None


def _terms_of(run: str) -> tuple[str, ...]:
    return _remembered(run) if len(run) <= LONGEST_REMEMBERED else _run_terms(run)


def _run_terms(run: str) -> tuple[str, ...]:
    """The terms of a run of letters of one script."""
    if _HANGUL_LETTER.match(run):
        return hangul_terms(run)
    if _CJK_LETTER.match(run):
        return tuple(bigrams(run))
    return letter_terms(run) if len(run) <= LONGEST_RUN else _data_term(run)


_remembered = lru_cache(maxsize=131_072)(_run_terms)


def letter_terms(run: str) -> tuple[str, ...]:
    """The terms of a run of letters and digits, of any script that has spaces between words."""
    if run.isascii() and run.isalpha() and run.islower():  # most words, and the quick way
        return tuple(filter(None, [word_term(run)[:LONGEST_TERM]]))
    pieces = _APOSTROPHE.split(run)
    if len(pieces) > 1 and pieces[-1].casefold() in CLITICS:
        tail = pieces.pop().casefold()
        if tail == "t" and pieces[-1].casefold() in NEGATIONS:
            pieces.pop()
    return tuple(term[:LONGEST_TERM] for piece in pieces for term in _piece_terms(piece) if term)


def _data_term(run: str) -> tuple[str, ...]:
    return (run[:LONGEST_TERM].casefold()[:LONGEST_TERM],)


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
