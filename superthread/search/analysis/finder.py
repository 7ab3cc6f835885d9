"""The words of texts that one query has found."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from heapq import heapify, heappop, heapreplace
from itertools import accumulate, compress, count
from typing import Generic, TypeVar

from superthread.search.analysis.analyzer import NAME, RUN, reading, readings
from superthread.search.analysis.english import irregular_forms
from superthread.search.analysis.korean import PARTICLES
from superthread.search.analysis.signs import Token, WantedTokens

T = TypeVar("T")
# What is told of a word at start:end of the folded text.
Found = tuple[int, int, T]
# Tells it by what is written there and its wanted terms.
Tell = Callable[[str, tuple[str, ...]], T]

# Where more than one of so many characters begins foreign letters, all words are read together;
OFTEN_FOREIGN = 32
# as many are looked at to tell.
LOOKED_AT = 2_048

# Read backwards runs are runs too: where they begin is found as where they end.
_run_at = RUN.match
_PARTED = re.compile(f"({RUN.pattern})")
_SYLLABLES = "가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_OF_SYLLABLES = re.compile(f"[{_SYLLABLES}]+")
# Letters of other scripts, with accents. Words with them are all looked at, for their terms may
# have other letters.
_FOREIGN = re.compile(f"[^\x00-\x7f\\W{_SYLLABLES}]")
_FOREIGN_LETTERS = re.compile(f"{_FOREIGN.pattern}++")
# In the place of a root: any of these.
_ANY = ""


class Finder(Generic[T]):
    """Finds the words with one of the `wanted` terms, in as many texts as one query shows, and what
    `tell` has to tell of each.

    A text is not taken apart: looked at are the words alone that have in them what any word with a
    wanted term has. What is told of a word is remembered over all texts.
    """

    def __init__(self, wanted: frozenset[str], tell: Tell[T]) -> None:
        self._wanted, self._beside, self._tell = wanted, WantedTokens(wanted), tell
        self._roots = _roots(wanted)
        self._has_letters = not all(map(_OF_SYLLABLES.fullmatch, self._roots))
        # None of a run without a wanted term.
        self._told: dict[str, T | None] = {}

    def __call__(self, folded: str) -> Iterable[Found[T]]:
        """The words of a text that `fold` has seen, and what stands beside them, by place: each
        once, with what is told of it. Who stops at some of them pays for no others."""
        foreign = -1
        if self._has_letters and not folded.isascii():
            foreign = _foreign_at(folded, 0)
        if foreign >= 0 and _is_often_foreign(folded, foreign):
            words = iter(self._parted(folded))
        else:
            words = self._rooted(folded, foreign)
        beside = self._beside(folded)
        return self._in_turn(words, beside, folded) if beside else words

    def _rooted(self, folded: str, foreign: int) -> Iterator[Found[T]]:
        """Those of a text with few foreign letters, the first of them at a place, or with none that
        matter."""
        lowered = folded.lower() if self._has_letters else folded
        if len(lowered) > len(folded):
            # Of all letters the one that has no small one of one character.
            lowered = folded.replace("\u0130", "i").lower()
        # Where each root stands next.
        ahead = [(at, root) for root in self._roots if (at := lowered.find(root)) >= 0]
        if foreign >= 0:
            ahead.append((foreign, _ANY))
        if not ahead:
            return
        heapify(ahead)
        mirrored, last = folded[::-1], len(folded) - 1
        end = 0
        while ahead:
            at, root = ahead[0]
            # A word that has several of them is told once.
            if at >= end:
                start, end = (
                    last + 1 - _run_at(mirrored, last - at).end(),
                    _run_at(folded, at).end(),
                )
                run = folded[start:end]
                told = self._told[run] if run in self._told else self._meet(run)
                if told is not None and not _is_particle(run, start, folded):
                    yield start, end, told
            at = lowered.find(root, end) if root else _foreign_at(folded, end)
            if at < 0:
                heappop(ahead)
            else:
                heapreplace(ahead, (at, root))

    def _parted(self, folded: str) -> list[Found[T]]:
        """Those of any text: all runs are read together."""
        # What stands between runs and the runs, in turn.
        in_turn = _PARTED.split(folded)
        runs = in_turn[1::2]
        if new := set(runs) - self._told.keys():
            self._meet_all(new)
        saying = {run for run in set(runs) if self._told[run] is not None}
        ends = list(accumulate(map(len, in_turn)))
        return [
            (ends[2 * place], ends[2 * place + 1], self._told[runs[place]])
            for place in compress(count(), map(saying.__contains__, runs))
            if not _is_particle(runs[place], ends[2 * place], folded)
        ]

    def _in_turn(
        self, words: Iterator[Found[T]], beside: list[Token], folded: str
    ) -> Iterator[Found[T]]:
        ahead = sorted(beside, key=_place)[::-1]
        for word in words:
            while ahead and _place(ahead[-1]) < _place(word):
                yield self._token(ahead.pop(), folded)
            yield word
        while ahead:
            yield self._token(ahead.pop(), folded)

    def _token(self, token: Token, folded: str) -> Found[T]:
        start, end, term = token
        return start, end, self._tell(folded[start:end], (term,))

    def _meet(self, run: str) -> T | None:
        told = self._told[run] = self._of(reading(run)[0], run)
        return told

    def _meet_all(self, runs: Collection[str]) -> None:
        for run, (terms, _) in zip(runs, readings(runs), strict=True):
            self._told[run] = self._of(terms, run)

    def _of(self, terms: Collection[str], run: str) -> T | None:
        if self._wanted.isdisjoint(terms):
            return None
        # Each once: a word of 2,000 equal syllables has its one pair 1,999 times.
        return self._tell(run, tuple(dict.fromkeys(filter(self._wanted.__contains__, terms))))


def _foreign_at(folded: str, at: int) -> int:
    found = _FOREIGN.search(folded, at)
    return found.start() if found else -1


def _is_often_foreign(folded: str, first: int) -> bool:
    begun = len(_FOREIGN_LETTERS.findall(folded, first, first + LOOKED_AT))
    return begun * OFTEN_FOREIGN > min(len(folded) - first, LOOKED_AT)


def _place(found: tuple[int, int, object]) -> tuple[int, int]:
    return found[0], -found[1]


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


def _is_particle(run: str, start: int, folded: str) -> bool:
    """Whether a run is a particle right behind a word of another script."""
    return run in PARTICLES and start > 0 and RUN.match(folded[start - 1]) is not None
