"""A short piece of a memory around the best match, as HTML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from html import escape
from math import inf
from typing import NamedTuple

from superthread.search.analysis.finder import Finder
from superthread.search.analysis.language import BLANK, LongText, language_of
from superthread.search.analysis.normalize import Folded, fold_with_spans

SNIPPET = 200  # characters shown
LEAD = 40  # of them before the first match
# Characters looked at; a page of results must not take seconds.
SCANNED = 50_000
# Of so many characters, where data is among them.
PORTIONS = 3
# Places looked at that may be data.
GLANCES = 10
MATCHES = 500
# Normalised, one letter may be eighteen.
MOST_OF_A_WORD = 18 * MATCHES
# Of so many weights the order of a sum may decide on its last bit.
SUMMED = 3

_GAP = re.compile(r"\s")
_LAST_GAP = re.compile(r"\s\S*$")
_DATA = re.compile(f"{BLANK}+")
_WITHOUT_SPACES = re.compile("[가-힣]+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_HANGUL = re.compile("[가-힣]")

# A term that stands at start:end.
Match = tuple[int, int, str]


class _Part(NamedTuple):
    """Of a content what is looked at: its language, each piece of data as one BLANK."""

    text: str
    is_cut_before: bool
    is_cut_behind: bool


class Highlighter:
    """Cuts and marks the memories of one list. `weights` has the terms by how much they say."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._find = Finder(frozenset(weights), partial(_within, weights))

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
        return "".join(
            (
                "…" if start or shown.is_cut_before else "",
                *_marked(shown.text, matches, start, end),
                "…" if end < len(shown.text) or shown.is_cut_behind else "",
            )
        )

    def _matches(self, text: str) -> list[Match]:
        """Where the terms stand, by place in the text; overlapping ones joined. Of terms that the
        first snippet has all of no more than may stand in it."""
        found: list[Match] = []
        behind = 0
        is_open = len(self._weights) < SUMMED
        for first, last, term in self._marks(fold_with_spans(text[:SCANNED])):
            if first < behind:
                behind = max(behind, last)
                found[-1] = found[-1][0], behind, found[-1][2]
                continue
            # Up to one that belongs to the last: how long that is decides whether it is shown.
            if is_open and found and first >= found[0][0] + SNIPPET:
                # What stands behind all terms in one snippet is never shown.
                if _weight_from(found, 0, self._weights) >= sum(self._weights.values()):
                    break
                is_open = False
            found.append((first, last, term))
            behind = last
            if len(found) >= MATCHES:
                break
        return found

    def _marks(self, folded: Folded) -> Iterator[Match]:
        is_moved = folded.stretches is not None
        # Normalised, one letter may be eighteen.
        for start, _, marks in self._find(folded.text[:SCANNED]):
            for first, last, term in marks:
                if is_moved:
                    yield *folded.original(start + first, start + last), term
                else:
                    yield start + first, start + last, term


def _marked(text: str, matches: list[Match], start: int, end: int) -> Iterator[str]:
    shown = _shown if _has_signs(text[start:end]) else str
    done = start
    for first, last, _ in matches:
        if first >= end:
            break
        # One that is longer than the snippet is shown as far as it goes.
        stop = last if last - first < SNIPPET else min(last, end)
        if done <= first and stop <= end:
            yield f"{shown(text[done:first])}<mark>{shown(text[first:stop])}</mark>"
            done = stop
    yield shown(text[done:end])


def _has_signs(text: str) -> bool:
    # One by one: a pattern would take longer than they do.
    return "'" in text or '"' in text or "&" in text or "<" in text or ">" in text or BLANK in text


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


def _within(weights: Mapping[str, float], run: str, terms: Sequence[str]) -> Sequence[Match]:
    """What is marked of a word that has these terms, by place in it."""
    if _WITHOUT_SPACES.fullmatch(run):
        return _syllables(run, terms)
    return ((0, len(run), max(terms, key=weights.__getitem__)),)


def _syllables(run: str, terms: Sequence[str]) -> Sequence[Match]:
    """Of a word only what was asked for is marked: 배포 in 배포는, 犬 in 愛犬家."""
    first_only = _HANGUL.match(run) is not None
    found: list[Match] = []
    for term in terms:
        at = run.find(term)
        while at >= 0 and (at == 0 or len(term) > 1 or not first_only):
            found.append((at, at + len(term), term))
            at = run.find(term, at + 1)
    return sorted(found, key=_start)[:MOST_OF_A_WORD]


def _start(match: Match) -> int:
    return match[0]


def _window(text: str, matches: list[Match], weights: Mapping[str, float]) -> tuple[int, int]:
    """The piece to show: where the distinct terms weigh most, cut at white space if near."""
    if len(text) <= SNIPPET:
        return 0, len(text)
    start = 0
    if matches:
        start = max(0, matches[_densest(matches, weights)][0] - LEAD)
    end = min(len(text), start + SNIPPET)
    start = max(0, end - SNIPPET)
    if start and (gap := _GAP.search(text, start, start + LEAD // 2)):
        start = gap.end()
    if end < len(text) and (gap := _LAST_GAP.search(text, end - LEAD // 2, end)):
        end = gap.start()
    return start, end


def _densest(matches: list[Match], weights: Mapping[str, float]) -> int:
    """The number of the first match that most of the weight is near."""
    terms = {term for _, _, term in matches}
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
    limit = matches[first][0] + SNIPPET - LEAD
    seen: dict[str, float] = {}
    for _, end, term in matches[first : first + SNIPPET]:
        if end > limit:
            break
        seen[term] = weights[term]
    return sum(seen.values())
