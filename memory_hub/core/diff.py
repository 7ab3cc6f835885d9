"""Unified diffs of two texts, bounded in time whatever the texts are."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

# Lines around a change, as in diff -u.
CONTEXT = 3
# The matcher looks at every pair of equal lines, at worst once for every line: above this many
# steps (about a second) the changed middle is shown as one replacement.
_BUDGET = 50_000_000
_LINES = re.compile(r"[^\n]*\n|[^\n]+")

Opcode = tuple[str, int, int, int, int]


class _Matcher(SequenceMatcher):
    """Takes off what both texts share at their ends before the costly comparison."""

    def get_opcodes(self) -> list[Opcode]:
        a, b = self.a, self.b
        head, tail = shared_ends(a, b)
        end_a, end_b = len(a) - tail, len(b) - tail
        codes: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
        codes += self._middle(head, end_a, end_b)
        return codes + ([("equal", end_a, len(a), end_b, len(b))] if tail else [])

    def _middle(self, head: int, end_a: int, end_b: int) -> list[Opcode]:
        rows, columns = end_a - head, end_b - head
        if not rows and not columns:
            return []
        old, new = self.a[head:end_a], self.b[head:end_b]
        if not rows or not columns or _steps(old, new) > _BUDGET:
            tag = "insert" if not rows else "delete" if not columns else "replace"
            return [(tag, head, end_a, head, end_b)]
        inner = SequenceMatcher(None, old, new)
        return [
            (tag, i1 + head, i2 + head, j1 + head, j2 + head)
            for tag, i1, i2, j1, j2 in inner.get_opcodes()
        ]


def _steps(old: list[str], new: list[str]) -> int:
    """The most steps SequenceMatcher may need; it leaves lines out that are very frequent."""
    counts = Counter(new)
    frequent = len(new) // 100 + 1 if len(new) >= 200 else len(new)
    pairs = sum(counts[line] for line in old if counts[line] <= frequent)
    return pairs * min(len(old), len(new))


def shared_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many lines both begin with, and how many of the rest both end with."""
    least = min(len(one), len(other))
    head = 0
    while head < least and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < least - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    return head, tail


def lines_of(text: str) -> list[str]:
    """The lines with their ends, which are LF alone, as for diff and patch; str.splitlines knows
    more separators."""
    return _LINES.findall(text)


def _matcher(old: list[str], new: list[str]) -> _Matcher:
    # An empty one first: building its index would cost what get_opcodes here avoids.
    matcher = _Matcher(None, (), ())
    matcher.a, matcher.b = old, new
    return matcher


def opcodes(old: list[str], new: list[str]) -> list[Opcode]:
    """How to make one list of another, as ``SequenceMatcher.get_opcodes``, bounded in time."""
    return _matcher(old, new).get_opcodes()


def unified_diff(old: str, new: str, old_name: str, new_name: str) -> str:
    """The diff in the form ``patch`` takes; empty when the texts are the same."""
    a, b = lines_of(old), lines_of(new)
    if a == b:
        return ""
    lines = [f"--- {old_name}\n", f"+++ {new_name}\n"]
    for group in _matcher(a, b).get_grouped_opcodes(CONTEXT):
        lines.extend(_hunk(group, a, b))
    return "".join(lines)


def _hunk(group: list[Opcode], a: list[str], b: list[str]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            yield from (_line(" ", line) for line in a[i1:i2])
            continue
        yield from (_line("-", line) for line in a[i1:i2])
        yield from (_line("+", line) for line in b[j1:j2])


def _line(sign: str, line: str) -> str:
    return (
        f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
    )


def _range(start: int, stop: int) -> str:
    """A hunk's range: counted from one, and from the line before where it is empty."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
