"""Which segments of a space a step of folding makes anew.

Those that have no more memories than it has so far come along. So a memory is written once where
many are saved at a time, three times where few are, until its segment is full, and a space has few
segments that are not.

A search looks into each segment for each of its words: where many are full, four are made one,
once.

A segment that is kept comes along with nothing: documents may tell by now what only the reindex
that it is kept for shall.
"""

from collections.abc import Iterable, Mapping

from superthread.search.index.documents import Document
from superthread.search.index.pages import MOST_MEMORIES
from superthread.search.index.segments import Segment

# Of one step: fresh memories, and the postings of all that it writes.
AT_ONCE, POSTINGS = 1_024, 65_536
# Full segments from which on some are joined, and how many.
FULL, JOINED = 16, MOST_MEMORIES // AT_ONCE

# A segment with the places of what is gone by now.
Outdated = tuple[Segment, set[int]]


def merged(segments: Iterable[Outdated], documents: Mapping[int, Document]) -> list[Outdated]:
    """Those that come along with the documents."""
    version = next((one.analyzer for one in documents.values()), None)
    memories = len(documents)
    postings = sum(len(one.counts) for one in documents.values())
    chosen = []
    for one, gone in sorted(segments, key=lambda both: both[0].memories - len(both[1])):
        present = one.memories - len(gone)
        is_small = 0 < present <= memories or 2 * len(gone) > one.memories
        fits = memories + present <= AT_ONCE and postings + one.postings <= POSTINGS
        # Of nothing there is nothing to fold: it goes.
        is_free = present and not one.kept
        if is_free and is_small and fits and version in (None, one.analyzer):
            chosen.append((one, gone))
            memories, postings, version = memories + present, postings + one.postings, one.analyzer
    return chosen


def joined(segments: Iterable[Outdated]) -> list[Outdated]:
    """Those that become one without anything fresh, the oldest first; or one that was joined, of
    which most is gone. None where there is nothing to do."""
    full: list[Outdated] = []
    for one, gone in segments:
        if one.kept:
            continue
        if max(one.memories / AT_ONCE, one.postings / POSTINGS) > 1:
            if 2 * len(gone) > one.memories:
                return [(one, gone)]
        elif max((one.memories - len(gone)) / AT_ONCE, one.postings / POSTINGS) > 0.5:
            full.append((one, gone))
    # Of one version of the analyzer.
    alike = [both for both in full if both[0].analyzer == full[0][0].analyzer]
    return alike[:JOINED] if len(alike) >= FULL else []
