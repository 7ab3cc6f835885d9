"""What two people made of one text, put together: three-way merging of lines, as version control
does it."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

MINE, SPLIT, THEIRS = "<<<<<<< yours\n", "=======\n", ">>>>>>> the hub's\n"


class Merged(NamedTuple):
    """The text, and how many places both have changed; these stand between marks in it."""

    text: str
    conflicts: int


class _Stretch(NamedTuple):
    """Lines that all three have: where they begin in each, and how many they are."""

    base: int
    mine: int
    theirs: int
    length: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Both changes of ``base``: where only one side changed something that change, where both did
    the same it, and else both between marks."""
    sides = [text.splitlines(keepends=True) for text in (base, mine, theirs)]
    found: list[str] = []
    conflicts = 0
    at: tuple[int, ...] = (0, 0, 0)
    for same in _stretches(*sides):
        starts = (same.base, same.mine, same.theirs)
        parts = [side[start:end] for side, start, end in zip(sides, at, starts, strict=True)]
        lines, is_conflict = _decided(*parts)
        found += [*lines, *sides[0][same.base : same.base + same.length]]
        conflicts += is_conflict
        at = tuple(start + same.length for start in starts)
    return Merged("".join(found), conflicts)


def _decided(base: list[str], mine: list[str], theirs: list[str]) -> tuple[list[str], bool]:
    if mine in (base, theirs):
        return theirs, False
    if theirs == base:
        return mine, False
    return [MINE, *_ended(mine), SPLIT, *_ended(theirs), THEIRS], True


def _ended(lines: list[str]) -> list[str]:
    """The lines, the last one ended."""
    if lines and not lines[-1].endswith("\n"):
        return [*lines[:-1], f"{lines[-1]}\n"]
    return lines


def _stretches(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[_Stretch]:
    """What all three have, in order; an empty one at the end."""
    of_mine = dict(_matches(base, mine))
    of_theirs = dict(_matches(base, theirs))
    common = [line for line in of_mine if line in of_theirs]
    start = 0
    while start < len(common):
        first, length = common[start], 1
        while start + length < len(common) and all(
            side.get(first + length) == side[first] + length for side in (of_mine, of_theirs)
        ):
            length += 1
        yield _Stretch(first, of_mine[first], of_theirs[first], length)
        start += length
    yield _Stretch(len(base), len(mine), len(theirs), 0)


def _matches(base: list[str], other: list[str]) -> Iterator[tuple[int, int]]:
    """Lines of the one with the lines of the other that are the same, in order."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            yield block.a + step, block.b + step
