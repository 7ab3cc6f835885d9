"""Looking for phrases in the texts themselves, within bounds that no query exceeds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from superthread.search.parsing import option_pattern, phrase_pattern, plain
from superthread.search.retrieval.ranking import Hit

# What one query reads at most, and at a time: memories, and bytes of their contents.
MOST_READ, MOST_BYTES = 2_000, 16 * 2**20
READ_AT_ONCE, BYTES_AT_ONCE = 100, 4 * 2**20

# Scores, in millionths, of what is found by reading alone: as it was typed, with these capitals or
# others, or all words of it.
SAME_CAPITALS, AS_TYPED, ALL_WORDS = 1_200_000, 1_000_000, 500_000


class Reader:
    """Reads what lies in reach until it has read enough; then `is_cut_short`."""

    def __init__(self, reach: Any, most_bytes: int = MOST_BYTES) -> None:
        self._reach = reach
        self._memories, self._bytes = MOST_READ, most_bytes
        self.is_cut_short = False

    def texts(self, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        """The contents of these memories in their order, a few at a time."""
        sizes = self._reach.sizes(ids)
        portion: list[int] = []
        held = 0
        for one in ids:
            size = sizes.get(one)
            if size is None:
                continue
            if self._memories <= 0 or self._bytes < size:
                self.is_cut_short = True
                break
            self._memories, self._bytes = self._memories - 1, self._bytes - size
            if len(portion) >= READ_AT_ONCE or (portion and held + size > BYTES_AT_ONCE):
                yield from self._read(portion)
                portion, held = [], 0
            portion.append(one)
            held += size
        yield from self._read(portion)

    def _read(self, ids: list[int]) -> Iterator[tuple[int, str]]:
        contents = self._reach.contents(ids) if ids else {}
        for one in ids:
            if one in contents:
                yield one, contents[one]

    def newest(self) -> list[int]:
        """The memories in reach that were made last, for a query that no index leads to."""
        ids = self._reach.newest(MOST_READ + 1)
        self.is_cut_short = len(ids) > MOST_READ
        return ids[:MOST_READ]


def written_options(texts: Iterator[tuple[int, str]], words: Sequence[str]) -> set[str]:
    """Which of the words stand behind a dash in one of the texts: options, no exclusions."""
    patterns = {word: option_pattern(word) for word in words}
    written: set[str] = set()
    for _, content in texts:
        lines = content.casefold()
        written |= {word for word, pattern in patterns.items() if pattern.search(lines)}
    return written


class Given:
    """Reads these texts, by the memories' numbers, and no others."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts

    def texts(self, ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        """As a Reader's."""
        return ((one, self._texts[one]) for one in ids)

    def newest(self) -> list[int]:
        """All of them."""
        return list(self._texts)


Pattern = tuple[re.Pattern[str], bool]


def fits(text: str, patterns: Sequence[Pattern]) -> bool:
    """Whether every pattern is, or is not, in the `plain` text, as it says."""
    return all((pattern.search(text) is not None) is wanted for pattern, wanted in patterns)


def scanned(
    reader: Reader | Given,
    patterns: Sequence[Pattern],
    whole: str,
    words: Sequence[re.Pattern[str]],
) -> list[Hit]:
    """What of the newest memories fits the patterns and has the `words`, best first.

    `whole` is the query as it stands, "" for phrases alone: memories with it come before those that
    have its words only, and with its capitals before others.
    """
    typed = phrase_pattern(whole) if whole else re.compile("")
    with_capitals = re.compile(rf"(?<!\w){re.escape(whole)}(?!\w)")
    found = []
    for memory_id, content in reader.texts(reader.newest()):
        text = plain(content)
        if fits(text, patterns) and all(word.search(text) for word in words):
            score = AS_TYPED if typed.search(text) else ALL_WORDS
            if whole and score == AS_TYPED and with_capitals.search(content):
                score = SAME_CAPITALS
            found.append(Hit(score, memory_id))
    return sorted(found, key=lambda place: (-place.score, -place.memory_id))
