"""What differs within one line, in words, signs and grapheme clusters."""

from typing import Any

from google_docs.text.pieces import HIDDEN, TEXT, Piece
from memory_hub.core.diff import opcodes


def hunks(pieces: list[Piece], wanted: str) -> list[tuple[int, int, str]]:
    """(start, end, text) of what differs: in words, and never within a grapheme cluster but where
    a structure that shows as nothing (a page break) stands in the midst of it."""
    # On first use: a hub without Google Docs does without its 2 MB.
    import regex

    kept = sorted({piece.text for piece in pieces if piece.kind != TEXT and piece.text})
    pattern = regex.compile("|".join([*map(regex.escape, kept[::-1]), r"\X"]))
    a = _tokens("".join(piece.text for piece in pieces), pattern, set(kept))
    b = _tokens(wanted, pattern, set(kept))
    starts = [0]
    for token in a:
        starts.append(starts[-1] + len(token))
    invisible, found = _invisible(pieces), []
    for tag, i1, i2, j1, j2 in opcodes(a, b):
        if tag != "equal":
            old, new = "".join(a[i1:i2]), "".join(b[j1:j2])
            start, end, text = _trimmed(starts[i1], old, new)
            if any(start < at < end for at in invisible):
                old = old[start - starts[i1] : end - starts[i1]]
                found += _by_character(start, old, text)
            else:
                found.append((start, end, text))
    return found


def _invisible(pieces: list[Piece]) -> list[int]:
    """Where structures without a text of their own stand."""
    at, found = 0, []
    for piece in pieces:
        if not piece.text and piece.kind not in {TEXT, HIDDEN}:
            found.append(at)
        at += len(piece.text)
    return found


def _by_character(start: int, old: str, new: str) -> list[tuple[int, int, str]]:
    return [
        (start + i1, start + i2, new[j1:j2])
        for tag, i1, i2, j1, j2 in opcodes(list(old), list(new))
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
