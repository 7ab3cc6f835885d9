"""Near spellings: which known terms a mistyped one may stand for."""

from collections.abc import Iterable

# Letters; shorter words have too many neighbours.
SHORTEST = 4
SUBSTITUTES = 3
# Of a substitute against a term as typed.
WEIGHT = 0.6
# Letters taken as right, so that only a range of the vocabulary is read.
PREFIX = 2


def long_words(terms: Iterable[str]) -> list[str]:
    """Of the terms the Latin words that are long enough to have near spellings."""
    return [term for term in terms if len(term) >= SHORTEST and term.isascii() and term.isalpha()]


def edits_allowed(term: str) -> int:
    """One slip in a short word, two from six letters on."""
    return 1 if len(term) < 6 else 2


def substitutes(term: str, vocabulary: Iterable[str], count: int) -> list[str]:
    """The `count` words of `vocabulary` nearest to `term`, nearest first, within the edits allowed.

    An edit inserts, drops or replaces a letter or swaps neighbours (optimal string alignment).
    """
    # Of a hub that is not searched nobody needs it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = edits_allowed(term)
    words = [word for word in vocabulary if word != term]
    found = process.extract_iter(term, words, scorer=OSA.distance, score_cutoff=allowed)
    return [word for _, word in sorted((edits, word) for word, edits, _ in found)[:count]]
