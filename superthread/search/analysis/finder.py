"""The words of texts that one query has found."""

import re
from collections.abc import Collection, Iterable, Iterator
from heapq import merge
from itertools import accumulate, compress, count

from superthread.search.analysis.analyzer import (
    HANGUL,
    HANGUL_LETTER,
    NAME,
    RUN,
    Word,
    reading,
    readings,
)
from superthread.search.analysis.english import irregular_forms
from superthread.search.analysis.korean import PARTICLES
from superthread.search.analysis.signs import WantedTokens

_PARTED = re.compile(f"({RUN.pattern})")
_OF_ASCII = re.compile("[A-Za-z0-9_]++(?:'[A-Za-z0-9_]++)*+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]++")
# Of each script a letter, and a run of them.
_KINDS = (
    (re.compile("[A-Za-z0-9_]").match, _OF_ASCII),
    (HANGUL_LETTER.match, HANGUL),
    (_CJK.match, _CJK),
)
# Letters of other scripts, with accents, and what stands between them in words.
_FOREIGN = re.compile("[^\x00-\x7f\\W가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|’")


class Finder:
    """Finds the words with one of the `wanted` terms, in as many texts as one query shows.

    A text is not taken apart: looked at are the words alone that have in them what any word with a
    wanted term has. What a word says is remembered over all texts.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted, self._beside = wanted, WantedTokens(wanted)
        self._roots = _roots(wanted)
        self._said: dict[str, tuple[str, ...]] = {}

    def __call__(self, folded: str) -> Iterable[Word]:
        """The words of a text that `fold` has seen, each with its wanted terms alone, once. Who
        stops at some of them pays for no others."""
        is_plain = folded.isascii() or not _FOREIGN.search(folded)
        found = self._rooted(folded) if is_plain else self._parted(folded)
        beside = [(s, e, (term,)) for s, e, term in self._beside(folded)]
        return merge(found, sorted(beside, key=_place), key=_place) if beside else found

    def _rooted(self, folded: str) -> Iterator[Word]:
        """Those of a text of ASCII, Hangul and Han alone."""
        lowered = folded.lower()
        roots = [root for root in self._roots if root in lowered]
        if len(roots) == 1:
            yield from self._with(roots[0], lowered, folded)
            return
        last = -1
        for word in merge(*(self._with(root, lowered, folded) for root in roots)):
            # One that has several of them is told once.
            if word[0] != last:
                last = word[0]
                yield word

    def _with(self, root: str, lowered: str, folded: str) -> Iterator[Word]:
        at = lowered.find(root)
        while at >= 0:
            start, end = _run_around(folded, at)
            run = folded[start:end]
            says = self._says(run)
            if says and not (run in PARTICLES and _is_attached(folded, start)):
                yield start, end, says
            at = lowered.find(root, end)

    def _says(self, run: str) -> tuple[str, ...]:
        said = self._said.get(run)
        if said is None:
            said = self._said[run] = self._wanted_of(reading(run)[0])
        return said

    def _wanted_of(self, terms: Iterable[str]) -> tuple[str, ...]:
        # Each once: a word of 2,000 equal syllables has its one pair 1,999 times.
        return tuple(dict.fromkeys(term for term in terms if term in self._wanted))

    def _parted(self, folded: str) -> list[Word]:
        # What stands between runs and the runs, in turn.
        in_turn = _PARTED.split(folded)
        runs = in_turn[1::2]
        if new := set(runs) - self._said.keys():
            self._meet(new)
        saying = {run for run in set(runs) if self._said[run]}
        ends = list(accumulate(map(len, in_turn)))
        return [
            (ends[2 * place], ends[2 * place + 1], self._said[runs[place]])
            for place in compress(count(), map(saying.__contains__, runs))
            if not (runs[place] in PARTICLES and _is_attached(folded, ends[2 * place]))
        ]

    def _meet(self, runs: Collection[str]) -> None:
        for run, (terms, _) in zip(runs, readings(runs), strict=True):
            self._said[run] = () if self._wanted.isdisjoint(terms) else self._wanted_of(terms)


def _place(word: Word) -> tuple[int, int]:
    return word[0], -word[1]


def _roots(wanted: Iterable[str]) -> list[str]:
    """What the words with these terms have in them, small: the term but for what endings change,
    and the forms that no rule leads to it. Terms of Hangul and Han are written as they are."""
    roots: dict[str, None] = {}
    # What begins with a sign stands beside words.
    for term in filter(RUN.match, (term.removeprefix(NAME).lower() for term in wanted)):
        roots |= dict.fromkeys((*_of_stem(term), *irregular_forms(term)))
    return [*roots]


def _of_stem(term: str) -> tuple[str, ...]:
    """The stemmer cuts endings off, and what it puts in their place is at most one of these letters
    in the end (possibility, possibl), but for words like dying."""
    if len(term) == 3 and term.endswith("ie"):
        return term, f"{term[0]}ying"
    return (term[:-1] if len(term) > 1 and term[-1] in "eily" else term,)


def _run_around(text: str, at: int) -> tuple[int, int]:
    """The run of letters of one script that the one at a place is of."""
    is_letter, run = next(kind for kind in _KINDS if kind[0](text[at]))
    start = at
    while start:
        if is_letter(text[start - 1]):
            start -= 1
        elif run is _OF_ASCII and text[start - 1] == "'" and is_letter(text[start - 2 : start - 1]):
            # One word with what is before the apostrophe.
            start -= 2
        else:
            break
    return start, run.match(text, start).end()


def _is_attached(folded: str, start: int) -> bool:
    """Whether the run at `start` follows one of another script, with nothing between."""
    return start > 0 and RUN.match(folded[start - 1]) is not None
