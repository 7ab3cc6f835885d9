"""A short piece of a memory around the best match, as HTML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import inf
from typing import NamedTuple

from superthread.search.analysis.finder import Finder
from superthread.search.analysis.language import BLANK, LongText, language_of
from superthread.search.analysis.normalize import fold_with_spans

SNIPPET = 200  # characters shown
LEAD = 40  # of them before the first match
# Characters looked at; a page of results must not take seconds.
SCANNED = 50_000
# Of so many characters, where data is among them.
PORTIONS = 3
# Places looked at that may be data.
GLANCES = 10
MATCHES = 500
# Of so many weights the order of a sum may decide on its last bit.
SUMMED = 3

_DATA = re.compile(f"{BLANK}+")
_WITHOUT_SPACES = re.compile("[가-힣]+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_HANGUL = re.compile("[가-힣]")


class Match(NamedTuple):
    start: int
    end: int
    term: str


class _Part(NamedTuple):
    """Of a content what is looked at: its language, each piece of data as one BLANK."""

    text: str
    is_cut_before: bool
    is_cut_behind: bool


class Highlighter:
    """Cuts and marks the memories of one list. `weights` has the terms by how much they say."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._find = Finder(frozenset(weights))

    def __call__(self, content: str) -> str:
        """The part of `content` with most of the weight of the terms.

        Matched words stand in <mark>, all else is escaped, and an ellipsis shows where text was
        left out. Without a match in the part looked at, it is the beginning.
        """
        long = LongText(content) if len(content) > SCANNED else None
        at = _first_glance(content, long, self._weights) if long else 0
        shown = _part(content, long, at)
        matches = self._matches(shown.text) if self._weights else []
        if at and not matches:
            shown = _part(content, long, 0)
        start, end = _window(shown.text, matches, self._weights)
        out = ["…" if start or shown.is_cut_before else ""]
        done = start
        for match in matches:
            # One that is longer than the snippet is shown as far as it goes.
            stop = match.end if match.end - match.start < SNIPPET else min(match.end, end)
            if match.start >= done and match.start < stop <= end:
                out += [_shown(shown.text[done : match.start]), "<mark>"]
                out += [_shown(shown.text[match.start : stop]), "</mark>"]
                done = stop
        is_cut = end < len(shown.text) or shown.is_cut_behind
        out += [_shown(shown.text[done:end]), "…" if is_cut else ""]
        return "".join(out)

    def _matches(self, text: str) -> list[Match]:
        """Where the terms stand, by place in the text; overlapping ones joined. Of terms that the
        first snippet has all of no more than may stand in it."""
        folded = fold_with_spans(text[:SCANNED])
        found: list[Match] = []
        is_open = len(self._weights) < SUMMED
        # Normalised, one letter may be eighteen.
        for start, end, term in self._marks(folded.text[:SCANNED]):
            first, last = folded.original(start, end)
            # Up to one that belongs to the last: how long that is decides whether it is shown.
            if is_open and found and first >= max(found[0].start + SNIPPET, found[-1].end):
                # What stands behind all terms in one snippet is never shown.
                if _weight_from(found, 0, self._weights) >= sum(self._weights.values()):
                    break
                is_open = False
            if found and first < found[-1].end:
                found[-1] = found[-1]._replace(end=max(last, found[-1].end))
            else:
                found.append(Match(first, last, term))
            if len(found) >= MATCHES:
                break
        return found

    def _marks(self, folded: str) -> Iterator[Match]:
        for start, end, terms in self._find(folded):
            run = folded[start:end]
            if _WITHOUT_SPACES.fullmatch(run):
                yield from _syllables(start, run, terms)
            else:
                yield Match(start, end, max(terms, key=self._weights.__getitem__))


def _shown(text: str) -> str:
    """As HTML, with an ellipsis in the place of data."""
    return text if text.isalnum() else escape(text).replace(BLANK, "…")


def _part(content: str, long: LongText | None, start: int) -> _Part:
    """The part from `start` on: as many characters as are scanned, data passed over."""
    if long is None:
        told = language_of(content)
        return _Part(_DATA.sub(BLANK, told) if BLANK in told else told, False, False)
    text, at = "", start
    for _ in range(PORTIONS):
        end = min(len(content), at + SCANNED)
        text = _DATA.sub(BLANK, text + long.language(at, end))
        at = end
        if at == len(content) or len(text) >= SCANNED:
            break
        at = long.end_of_data(at)
    return _Part(text, start > 0, at < len(content))


def _first_glance(content: str, long: LongText, weights: Mapping[str, float]) -> int:
    """Where to look in a long text: shortly before the rarest term that is plainly there."""
    lowered = content.lower()
    if len(lowered) != len(content):
        return 0
    glances = GLANCES
    for term in sorted(weights, key=lambda term: -weights[term]):
        found = lowered.find(term)
        while found >= 0 and glances:
            past = long.end_of_data(found)
            if past == found:
                return max(0, found - SNIPPET)
            found, glances = lowered.find(term, past), glances - 1
    return 0


def _syllables(start: int, run: str, matched: Sequence[str]) -> Iterator[Match]:
    """Of a word only what was asked for is marked: 배포 in 배포는, 犬 in 愛犬家."""
    first_only = _HANGUL.match(run) is not None
    for at in range(len(run)):
        for term in matched:
            if run.startswith(term, at) and (len(term) > 1 or at == 0 or not first_only):
                yield Match(start + at, start + at + len(term), term)


def _window(content: str, matches: list[Match], weights: Mapping[str, float]) -> tuple[int, int]:
    """The piece to show: where the distinct terms weigh most, cut at white space if near."""
    start = 0
    if matches:
        start = max(0, matches[_densest(matches, weights)].start - LEAD)
    end = min(len(content), start + SNIPPET)
    start = max(0, end - SNIPPET)
    if start and (gap := re.search(r"\s", content[start : start + LEAD // 2])):
        start += gap.end()
    if end < len(content) and (gap := re.search(r"\s\S*$", content[end - LEAD // 2 : end])):
        end -= LEAD // 2 - gap.start()
    return start, end


def _densest(matches: list[Match], weights: Mapping[str, float]) -> int:
    """The number of the first match that most of the weight is near."""
    terms = {match.term for match in matches}
    every = sum(weights[term] for term in terms) if len(terms) < SUMMED else inf
    best, most = 0, -1.0
    for number in range(len(matches)):
        weight = _weight_from(matches, number, weights)
        if weight > most:
            best, most = number, weight
        if most >= every:
            break
    return best


def _weight_from(matches: list[Match], first: int, weights: Mapping[str, float]) -> float:
    """What a snippet beginning shortly before match number `first` would show."""
    limit = matches[first].start + SNIPPET - LEAD
    seen: dict[str, float] = {}
    for match in matches[first:]:
        if match.end > limit:
            break
        seen[match.term] = weights[match.term]
    return sum(seen.values())
