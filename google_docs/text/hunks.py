"""What differs within one line, in words, signs and grapheme clusters."""

from typing import Any

from google_docs.text.pieces import TEXT, Piece
from superthread.diff import opcodes


def hunks(pieces: list[Piece], wanted: str) -> list[tuple[int, int, str]]:
    """(start, end, text) of what differs, in words, and never within a grapheme cluster."""
    import regex  # on first use: a hub without Google Docs does without its 2 MB

    kept = sorted({piece.text for piece in pieces if piece.kind != TEXT and piece.text})
    pattern = regex.compile("|".join([*map(regex.escape, kept[::-1]), r"\X"]))
    a = _tokens("".join(piece.text for piece in pieces), pattern, set(kept))
    b = _tokens(wanted, pattern, set(kept))
    starts = [0]
    for token in a:
        starts.append(starts[-1] + len(token))
    return [
        _trimmed(starts[i1], "".join(a[i1:i2]), "".join(b[j1:j2]))
        for tag, i1, i2, j1, j2 in opcodes(a, b)
        if tag != "equal"
    ]


def _trimmed(start: int, old: str, new: str) -> tuple[int, int, str]:
    """Without what both have in common at their ends: a break may stand within a word."""
    import regex  # as above

    a, b = regex.findall(r"\X", old), regex.findall(r"\X", new)
    shorter = min(len(a), len(b))
    head = 0
    while head < shorter and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < shorter - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    low = start + len("".join(a[:head]))
    gone = "".join(a[head : len(a) - tail])
    return low, low + len(gone), "".join(b[head : len(b) - tail])


def _tokens(text: str, pattern: Any, kept: set[str]) -> list[str]:
    """Words, signs, and what stands for a structure, each as one."""
    tokens: list[str] = []
    word = False
    for found in pattern.findall(text):
        letters = found not in kept and found[0].isalnum()
        if letters and word:
            tokens[-1] += found
        else:
            tokens.append(found)
        word = letters
    return tokens
