"""How a word was spelt: a few bits beside each posting.

Stemming and folding bring running and run, Go and went, WHO and who, café and cafe to one term
each, so that either finds the other. Of otherwise equal memories the one that has the word as it
was asked for comes first.
"""

from collections.abc import Iterable
from itertools import combinations
from zlib import crc32

# The letters are three bits of eleven: two spellings have the same ones once in 165. A memory with
# many spellings of a term has them all, and may then pass for one with yet another.
_LETTERS = 11
_OF_LETTERS = [sum(1 << bit for bit in three) for three in combinations(range(_LETTERS), 3)]
_SHAPES = [1 << _LETTERS + number for number in range(3)]
EVERY = (1 << _LETTERS) - 1  # all bits of letters

# What a posting counts for where the word is spelt as it was asked for, and where its capitals are
# the same too (in Korean: the particle). Where one word is all of the query, its spelling outweighs
# any number of mentions; among other words it decides between near equals. Chosen on the labelled
# sets: more would lose on questions.
ALONE, AMONG_OTHERS = (1.2, 1.42), (1.1, 1.15)


def spelling(word: str, particle: str | None = None) -> int:
    """The bits of one spelling: of the letters, and of its capitals or, in Korean, the particle."""
    return _OF_LETTERS[crc32(word.casefold().encode()) % len(_OF_LETTERS)] | _shape(word, particle)


def plain_spellings(words: Iterable[str]) -> list[int]:
    """The same of words of small ASCII letters or of digits, all of them at once."""
    letters, count, shape = _OF_LETTERS, len(_OF_LETTERS), _SHAPES[0]
    return [letters[crc32(word.encode()) % count] | shape for word in words]


def _shape(word: str, particle: str | None) -> int:
    if particle:
        return _SHAPES[1 + crc32(particle.encode()) % 2]
    if particle is not None or word.islower() or word == word.lower():
        return _SHAPES[0]
    return _SHAPES[1 if word[1:] == word[1:].lower() else 2]
