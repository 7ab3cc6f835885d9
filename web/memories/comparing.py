"""Two texts beside each other, with the words marked that differ; bounded in time and length."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from memory_hub.core.diff import CONTEXT, Opcode, lines_of, opcodes
from web.memories.markdown import visible

MOST_ROWS = 2_000  # lines that are shown
# Characters of a line that are shown.
LONGEST_LINE = 2_000
# Pairs of words that are looked at in all, and words of one line: about 0.2 s.
_PAIRS, _WORDS = 1_000_000, 400
# Han and kana stand without blanks between words: sign by sign.
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\\w+|\\s+|.", re.S)
# Two lines with less in common than this are not one line that was changed.
_ALIKE = 0.3


class Part(NamedTuple):
    """A piece of a line; ``differs`` where the other side has something else."""

    text: str
    differs: bool = False


@dataclass(slots=True)
class Line:
    """A line on both sides; a number is None on the side that has no such line."""

    kind: str  # same, changed, removed, added
    old_number: int | None = None
    new_number: int | None = None
    old: list[Part] = field(default_factory=list)
    new: list[Part] = field(default_factory=list)


class Comparison(NamedTuple):
    """``hunks`` are lines around changes; ``is_cut`` where there are more than are shown."""

    hunks: list[list[Line]]
    is_cut: bool
    added: int
    removed: int


def comparison(old: str, new: str) -> Comparison:
    """What is to be shown of two texts. Who calls has paid for the comparison of both."""
    left, right = lines_of(old), lines_of(new)
    codes = opcodes(left, right)
    words = _Words()
    hunks: list[list[Line]] = []
    count = 0
    for group in _grouped(codes):
        hunks.append([])
        for line in _lines(group, left, right, words):
            if count == MOST_ROWS:
                return _whole(hunks, codes, is_cut=True)
            hunks[-1].append(line)
            count += 1
    return _whole(hunks, codes, is_cut=False)


def _whole(hunks: list[list[Line]], codes: Sequence[Opcode], *, is_cut: bool) -> Comparison:
    changes = [code for code in codes if code[0] != "equal"]
    added = sum(last - first for _, _, _, first, last in changes)
    removed = sum(end - start for _, start, end, _, _ in changes)
    return Comparison([hunk for hunk in hunks if hunk], is_cut, added, removed)


def _grouped(codes: Sequence[Opcode]) -> Iterator[list[Opcode]]:
    """The changes with some lines around them, those near each other together."""
    group: list[Opcode] = []
    for place, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag != "equal":
            group.append((tag, i1, i2, j1, j2))
            continue
        is_first, is_last = place == 0, place == len(codes) - 1
        if is_first:
            start = max(i1, i2 - CONTEXT)
            group = [(tag, start, i2, j2 - (i2 - start), j2)]
        elif is_last or i2 - i1 > 2 * CONTEXT:
            end = min(i2, i1 + CONTEXT)
            yield [*group, (tag, i1, end, j1, j1 + end - i1)]
            group = [] if is_last else [(tag, i2 - CONTEXT, i2, j2 - CONTEXT, j2)]
        else:
            group.append((tag, i1, i2, j1, j2))
    if any(tag != "equal" for tag, *_ in group):
        yield group


def _lines(
    group: Sequence[Opcode], left: Sequence[str], right: Sequence[str], words: "_Words"
) -> Iterator[Line]:
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                told = [Part(_shown(left[i]))]
                yield Line("same", i + 1, j + 1, told, told)
            continue
        pairs = zip_longest(range(i1, i2), range(j1, j2))
        for i, j in pairs:
            if i is None:
                yield Line("added", None, j + 1, [], [Part(_shown(right[j]), differs=True)])
            elif j is None:
                yield Line("removed", i + 1, None, [Part(_shown(left[i]), differs=True)], [])
            else:
                old, new = words.marked(_shown(left[i]), _shown(right[j]))
                yield Line("changed", i + 1, j + 1, old, new)


def _shown(line: str) -> str:
    text = line.rstrip("\n")
    cut = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
    return visible(cut)


class _Words:
    """Marks words, as long as there is something left of what may be looked at."""

    def __init__(self) -> None:
        self._left = _PAIRS

    def marked(self, old: str, new: str) -> tuple[list[Part], list[Part]]:
        """Both lines in parts."""
        one, other = _WORD.findall(old), _WORD.findall(new)
        cost = len(one) * len(other)
        if max(len(one), len(other)) > _WORDS or cost > self._left:
            return _all(old), _all(new)
        self._left -= cost
        codes = opcodes(one, other)
        same = sum(len("".join(one[i1:i2])) for tag, i1, i2, _, _ in codes if tag == "equal")
        if same < _ALIKE * max(len(old), len(new)):
            return _all(old), _all(new)
        return (
            _parts(one, [(tag, i1, i2) for tag, i1, i2, _, _ in codes]),
            _parts(other, [(tag, j1, j2) for tag, _, _, j1, j2 in codes]),
        )


def _all(line: str) -> list[Part]:
    return [Part(line, differs=True)]


def _parts(words: Sequence[str], codes: Sequence[tuple[str, int, int]]) -> list[Part]:
    return [
        Part("".join(words[start:end]), tag != "equal") for tag, start, end in codes if end > start
    ]
