"""The words of texts that one query has found."""

import re
from collections.abc import Collection
from itertools import accumulate, compress, count

from superthread.search.analysis.analyzer import RUN, Word, readings
from superthread.search.analysis.korean import PARTICLES
from superthread.search.analysis.signs import WantedTokens

_PARTED = re.compile(f"({RUN.pattern})")


class Finder:
    """Finds the words with one of the `wanted` terms, in as many texts as one query shows.

    What a run of letters says is remembered over all of them, and the new runs of a text are read
    together: no step of Python's is for a run that says nothing wanted.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted, self._beside = wanted, WantedTokens(wanted)
        self._met: set[str] = set()
        # Of those that were met the ones with a wanted term.
        self._saying: dict[str, tuple[str, ...]] = {}

    def __call__(self, folded: str) -> list[Word]:
        """The words of a text that `fold` has seen, each with its wanted terms alone, once."""
        found = self._runs(folded)
        beside = [(s, e, (term,)) for s, e, term in self._beside(folded)]
        return sorted([*found, *beside], key=lambda word: (word[0], -word[1])) if beside else found

    def _runs(self, folded: str) -> list[Word]:
        # What stands between runs and the runs, in turn.
        in_turn = _PARTED.split(folded)
        runs = in_turn[1::2]
        written = set(runs)
        if new := written - self._met:
            self._meet(new)
        saying = self._saying
        if saying.keys().isdisjoint(written):
            return []
        ends = list(accumulate(map(len, in_turn)))
        return [
            (ends[2 * place], ends[2 * place + 1], saying[runs[place]])
            for place in compress(count(), map(saying.__contains__, runs))
            if not (runs[place] in PARTICLES and _is_attached(folded, ends[2 * place]))
        ]

    def _meet(self, runs: Collection[str]) -> None:
        self._met.update(runs)
        for run, (terms, _) in zip(runs, readings(runs), strict=True):
            if not self._wanted.isdisjoint(terms):
                # Each once: a word of 2,000 equal syllables has its one pair 1,999 times.
                self._saying[run] = tuple(dict.fromkeys(t for t in terms if t in self._wanted))


def _is_attached(folded: str, start: int) -> bool:
    """Whether the run at `start` follows one of another script, with nothing between."""
    return start > 0 and RUN.match(folded[start - 1]) is not None
