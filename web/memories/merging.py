"""Three texts into one: what two people made of the same text at the same time.

The rule is diff3's (Khanna, Kunal and Pierce, A Formal Investigation of Diff3, 2007), line by line:
what only one of them changed is taken, what both changed alike is taken once, and where they
changed the same or adjacent lines to something else both stand in the text, between marks.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memory_hub.core.diff import lines_of, opcodes, shared_ends

MINE, BETWEEN, THEIRS = "<<<<<<< ", "=======", ">>>>>>> "


class Merged(NamedTuple):
    """``conflicts`` is how many places of ``text`` hold both."""

    text: str
    conflicts: int


class _Change(NamedTuple):
    """Lines ``start`` to ``end`` of the base became ``first`` to ``last`` of a side."""

    start: int
    end: int
    first: int
    last: int


def merged(base: str, mine: str, theirs: str, *, names: tuple[str, str]) -> Merged:
    """The text with the changes of both; ``names`` stand behind the marks. Who calls has paid for
    the comparison of all three."""
    if mine == theirs or theirs == base:
        return Merged(mine, 0)
    if mine == base:
        return Merged(theirs, 0)
    old, one, other = lines_of(base), lines_of(mine), lines_of(theirs)
    sides = (_changes(old, one), _changes(old, other))
    parts: list[str] = []
    at = conflicts = 0
    for start, end, (ours, their) in _regions(*sides):
        parts += old[at:start]
        at = end
        left, right = _side(old, one, ours, start, end), _side(old, other, their, start, end)
        before = old[start:end]
        if right == before or left == right:
            parts += left
        elif left == before:
            parts += right
        else:
            conflicts += 1
            parts += _both(left, right, names)
    return Merged("".join(parts + old[at:]), conflicts)


def has_marks(text: str) -> bool:
    """Whether a place with both is left in it."""
    return any(line.startswith((MINE, THEIRS)) for line in text.split("\n"))


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    codes = opcodes(list(old), list(new))
    return [_Change(*where) for tag, *where in codes if tag != "equal"]


def _regions(
    ours: list[_Change], theirs: list[_Change]
) -> Iterator[tuple[int, int, tuple[list[_Change], list[_Change]]]]:
    """Lines of the base that one or both changed, with the changes of each; what touches is one."""
    both = [(one, 0) for one in ours] + [(one, 1) for one in theirs]
    waiting = deque(sorted(both, key=lambda pair: pair[0][:2]))
    while waiting:
        first, side = waiting.popleft()
        start, end = first.start, first.end
        within: tuple[list[_Change], list[_Change]] = ([], [])
        within[side].append(first)
        while waiting and waiting[0][0].start <= end:
            change, side = waiting.popleft()
            within[side].append(change)
            end = max(end, change.end)
        yield start, end, within


def _side(
    old: Sequence[str], new: Sequence[str], changes: list[_Change], start: int, end: int
) -> list[str]:
    """What a side has in place of these lines of the base."""
    found, at = [], start
    for change in changes:
        found += [*old[at : change.start], *new[change.first : change.last]]
        at = change.end
    return [*found, *old[at:end]]


def _both(left: list[str], right: list[str], names: tuple[str, str]) -> list[str]:
    """Both between marks; what is the same at their beginnings and ends stands once, outside."""
    head, tail = shared_ends(left, right)
    mine, theirs = left[head : len(left) - tail], right[head : len(right) - tail]
    marked = [f"{MINE}{names[0]}\n", *_ended(mine), f"{BETWEEN}\n", *_ended(theirs)]
    return [*left[:head], *marked, f"{THEIRS}{names[1]}\n", *left[len(left) - tail :]]


def _ended(lines: list[str]) -> list[str]:
    """The lines, each with its end."""
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
