"""The terms that a query asks for: how they are spelt in it, and what each counts for."""

from typing import NamedTuple

from superthread.search.analysis.analyzer import (
    HAN,
    HANGUL_LETTER,
    NAME,
    reading,
    runs,
    terms_of,
    token_spelling,
    words,
)
from superthread.search.analysis.forms import spelling
from superthread.search.analysis.normalize import fold
from superthread.search.analysis.signs import tokens, ungrouped

# What a stop word that is written like a name counts for beside others: in capitals among words
# that are not (US visa), and where its capital may have another reason.
ACRONYM_WEIGHT, NAME_WEIGHT = 1.0, 0.3
# Characters; of what was pasted the rarest words decide, however spelt.
LONGEST_TYPED = 512
# Words from which on a capital at the beginning says nothing.
SENTENCE = 4


class QueryTerm(NamedTuple):
    """A term that a query asks for: how it was spelt there, and what it counts for."""

    term: str
    spellings: tuple[int, ...] = ()
    weight: float = 1.0


def asked_terms(text: str) -> list[QueryTerm]:
    """What a query of this text asks for, in order.

    Without what memories have beside their words: the single Han characters of longer words, and
    stop words that are written like names where nothing says that they are.
    """
    folded = fold(text)
    is_typed = len(folded) <= LONGEST_TYPED
    spelt = _spellings(folded) if is_typed else {}
    of_words = [of_word for _, _, of_word in words(ungrouped(folded))]
    asked = {term: 1.0 for of_word in of_words for term in of_word if not _is_beside(term, of_word)}
    if asked:
        asked |= _names(folded) if is_typed else {}
    else:
        asked = {term: 1.0 for of_word in of_words for term in of_word}
    return [QueryTerm(term, spelt.get(term, ()), weight) for term, weight in asked.items()]


def _spellings(folded: str) -> dict[str, tuple[int, ...]]:
    """How the terms are spelt in a query: the bits of each of its spellings.

    What looks like a particle may belong to the word, as 과 in 사과 does.
    """
    spelt: dict[str, dict[int, None]] = {}
    for _, _, run in runs(folded):
        found, bits = reading(run)
        every = {bits, spelling(run, "")} if HANGUL_LETTER.match(run) and bits else {bits}
        for term in found:
            spelt.setdefault(term, {}).update(dict.fromkeys(every))
    for start, end, term in tokens(folded):
        spelt.setdefault(term, {})[token_spelling(folded[start:end])] = None
    return {term: tuple(sorted(filter(None, bits))) for term, bits in spelt.items()}


def _names(folded: str) -> dict[str, float]:
    """The stop words that are surely written like names, among other words: US visa, ask Will."""
    written = [run for _, _, run in runs(folded) if run[0].isalpha()]
    shouted = all(run.isupper() for run in written if run.isascii())
    found: dict[str, float] = {}
    for place, run in enumerate(written):
        names = [term for term in terms_of(run) if term[0] == NAME]
        following = written[place + 1] if place + 1 < len(written) else ""
        if names and (run.isupper() or place or following.istitle() or len(written) < SENTENCE):
            is_acronym = run.isupper() and not shouted
            found[names[-1]] = ACRONYM_WEIGHT if is_acronym else NAME_WEIGHT
    return found


def _is_beside(term: str, of_word: tuple[str, ...]) -> bool:
    return term[0] == NAME or (len(of_word) > 1 and HAN.fullmatch(term) is not None)
