"""Near spellings: which known terms a mistyped one may stand for."""

from collections.abc import Iterable

SHORTEST = 4  # letters; shorter words have too many neighbours
SUBSTITUTES = 3
WEIGHT = 0.6  # of a substitute against a term as typed
PREFIX = 2  # letters taken as right, so that only a range of the vocabulary is read


def may_be_mistyped(term: str) -> bool:
    """Whether a term is a Latin word long enough to have near spellings."""
    return len(term) >= SHORTEST and term.isascii() and term.isalpha()


def edits_allowed(term: str) -> int:
    """One slip in a short word, two from six letters on."""
    return 1 if len(term) < 6 else 2


def substitutes(term: str, vocabulary: Iterable[str]) -> list[str]:
    """The words of `vocabulary` nearest to `term`, nearest first, within the edits allowed."""
    allowed = edits_allowed(term)
    near = ((distance(term, word, allowed), word) for word in vocabulary)
    return [word for edits, word in sorted(near) if edits <= allowed]


def distance(one: str, other: str, limit: int) -> int:
    """Edits (insert, drop, replace, swap neighbours) between two words; above `limit`, any more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one):
        above, row = row, [i + 1]
        for j, b in enumerate(other):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (a != b))
            if i and j and a == other[j - 1] and one[i - 1] == b:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = above
    return row[-1]
