"""Which lines of a document stay, change, go and come, given the text that is wanted."""

import re
from collections import Counter
from dataclasses import dataclass

from google_docs.text.pieces import BULLET, NUMBER, Paragraph, Piece, Reading
from memory_hub.core.diff import opcodes

_NUMBERED = re.compile(r"( *)[^\s\w]?(?:\d+|[A-Za-z]+)(?:[.)]\d+)*[^\s\w]? (.*)", re.DOTALL)
_WORDS = re.compile(r"\w+|[^\w\s]")
# Of lines compared with each other; beyond it they are paired in their order.
MOST_PAIRS = 4000
ALIKE = 0.5


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the shown text: its pieces, the last one ends it."""

    pieces: list[Piece]
    tab: int

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces).removesuffix("\n")

    @property
    def end(self) -> Piece:
        return self.pieces[-1]

    @property
    def bullet(self) -> Piece | None:
        """The bullet or the number that the line begins with."""
        first = next((piece for piece in self.pieces if piece.text), None)
        return first if first and first.kind in {BULLET, NUMBER} else None

    @property
    def opening(self) -> Paragraph | None:
        """The paragraph that begins with this line; None where the line goes on with one."""
        first = next((piece for piece in self.pieces if piece.paragraph), None)
        paragraph = first.paragraph if first else None
        return paragraph if paragraph and first.start == paragraph.start else None

    def without_bullet(self, wanted: str) -> str | None:
        """What is wanted behind the bullet; None where another beginning is wanted. Numbers are
        Docs' own: one that is counted otherwise is no other beginning."""
        bullet = self.bullet
        if bullet is None:
            return wanted
        if wanted.startswith(bullet.text):
            return wanted.removeprefix(bullet.text)
        numbered = _NUMBERED.fullmatch(wanted)
        if bullet.kind == NUMBER and numbered and _indent(bullet.text) == len(numbered[1]):
            return numbered[2]
        return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def lines_of(reading: Reading) -> list[Line]:
    """The lines of the canonical text; the empty ones behind it are left out."""
    lines: list[Line] = []
    pieces: list[Piece] = []
    for number, tab in enumerate(reading.tabs):
        for piece in tab.pieces:
            pieces.append(piece)
            if piece.text.endswith("\n"):
                lines.append(Line(pieces, number))
                pieces = []
    while len(lines) > 1 and not lines[-1].text:
        lines.pop()
    return lines


Step = tuple[Line | None, str | None]


def align(old: list[Line], wanted: list[str]) -> list[Step]:
    """(line, wanted line): both where a line stays or changes, one where it goes or comes."""
    numbered = {_key(line) for line in old if line.bullet and line.bullet.kind == NUMBER}
    literal = {line.text for line in old}
    old_keys = [_key(line) for line in old]
    new_keys = [_wanted_key(text, numbered, literal) for text in wanted]
    steps: list[Step] = []
    for tag, i1, i2, j1, j2 in opcodes(old_keys, new_keys):
        if tag == "equal":
            steps += zip(old[i1:i2], wanted[j1:j2], strict=True)
        else:
            steps += _paired(old[i1:i2], wanted[j1:j2])
    return steps


def _key(line: Line) -> str:
    bullet = line.bullet
    if bullet is None or bullet.kind != NUMBER:
        return line.text
    indent = " " * _indent(bullet.text)
    return f"\0{indent}{line.text[len(bullet.text) :]}"


def _wanted_key(text: str, numbered: set[str], literal: set[str]) -> str:
    match = _NUMBERED.fullmatch(text)
    key = f"\0{match[1]}{match[2]}" if match else text
    return key if key in numbered else text


def _paired(old: list[Line], wanted: list[str]) -> list[Step]:
    """Lines that are alike, and between those as many as there are, in their order."""
    steps: list[Step] = []
    at, to = 0, 0
    for i, j in [*_alike(old, wanted), (len(old), len(wanted))]:
        steps += _in_order(old[at:i], wanted[to:j])
        if i < len(old):
            steps.append((old[i], wanted[j]))
        at, to = i + 1, j + 1
    return steps


def _in_order(old: list[Line], wanted: list[str]) -> list[Step]:
    both = min(len(old), len(wanted))
    steps: list[Step] = list(zip(old[:both], wanted[:both], strict=True))
    return steps + [(line, None) for line in old[both:]] + [(None, text) for text in wanted[both:]]


def _alike(old: list[Line], wanted: list[str]) -> list[tuple[int, int]]:
    """The pairs that have most in common, in the order of both (as a longest common subsequence,
    weighted)."""
    if len(old) * len(wanted) > MOST_PAIRS or not old or not wanted:
        return []
    words = [[Counter(_WORDS.findall(text)) for text in side]
             for side in ([line.text for line in old], wanted)]  # fmt: skip
    likeness = [[_likeness(a, b) for b in words[1]] for a in words[0]]
    best = [[0.0] * (len(wanted) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(wanted) - 1, -1, -1):
            same = likeness[i][j]
            taken = best[i + 1][j + 1] + same if same >= ALIKE else 0.0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    return _followed(best, likeness)


def _followed(best: list[list[float]], likeness: list[list[float]]) -> list[tuple[int, int]]:
    pairs, i, j = [], 0, 0
    while i < len(likeness) and j < len(likeness[0]):
        same = likeness[i][j]
        if same >= ALIKE and best[i][j] == best[i + 1][j + 1] + same:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
