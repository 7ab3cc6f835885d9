"""What is said of a memory beside its text: title, tags, aliases, file name, path, category.

It is searched with the text. A term counts there as often as its weight says, as if the text had it
so many times: what a note is called says more of it than a word in passing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from superthread.search.analysis import analyzer
from superthread.search.index.documents import Counted

# How many mentions in the text each counts for: `script/bench search --weights` compares.
WEIGHTS = {"title": 4, "alias": 4, "tag": 2, "file": 2, "category": 1}
LONGEST, MOST = 200, 50  # characters of a label, and labels
MOST_TIMES = 100  # that a term is added
# The category of memories that were given none.
UNTOLD = "default"
_KEYS = {
    "title": ("title",),
    "alias": ("aliases", "alias"),
    "tag": ("tags", "tag", "keywords"),
    "file": ("file", "filename", "file_name", "path"),
}


class Beside(NamedTuple):
    """Terms with what they add to the frequencies of a text, and the bits of their spellings."""

    frequencies: Counter[str]
    spellings: Mapping[str, int]


def terms_beside(row: Mapping[str, Any]) -> Beside:
    """The terms of a memory's metadata, category and path."""
    labels = tuple(_labels(row))
    return _beside(labels) if len(labels) > 1 else _remembered(labels)


def _beside(labels: Sequence[tuple[int, str]]) -> Beside:
    """The terms of labels, each with its weight."""
    found, spelt = Counter[str](), {}
    for weight, text in labels:
        frequencies, spellings = analyzer.counted_terms(text)
        for term, times in frequencies.items():
            found[term] = min(found[term] + times * weight, MOST_TIMES)
            spelt[term] = spelt.get(term, 0) | spellings[term]
    return Beside(found, spelt)


# Most memories have no more to say than one of a few categories.
_remembered = lru_cache(maxsize=256)(_beside)


def with_beside(counted: Counted, beside: Beside) -> Counted:
    """The terms of the text and those beside it, spelt as in the text where it has them."""
    if not beside.frequencies:
        return counted
    frequencies = dict(counted.frequencies)
    for term, times in beside.frequencies.items():
        frequencies[term] = frequencies.get(term, 0) + times
    spellings = {**beside.spellings, **counted.spellings}
    return counted._replace(frequencies=frequencies, spellings=spellings)


def _labels(row: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    if row["category"] != UNTOLD:
        yield WEIGHTS["category"], row["category"]
    if not row["metadata"] and row["path"] is None:
        return
    for kind, keys in _KEYS.items():
        texts = chain.from_iterable(_texts(row["metadata"].get(key)) for key in keys)
        if kind == "file":
            # Imports note the path in both places. Of a long one the end is the file.
            both = chain(texts, _texts(row["path"]))
            texts = dict.fromkeys(text[-LONGEST:] for text in both)
        for text in texts:
            yield WEIGHTS[kind], text[:LONGEST]
            if kind == "file" and "_" in text:
                # Words between underscores are words here, not parts of an identifier.
                yield WEIGHTS[kind], text.replace("_", " ")


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    values = value[:MOST] if isinstance(value, list) else []
    return [one for one in values if isinstance(one, str)]
