"""What is said of a memory beside its text: title, tags, aliases, file name, category.

It is searched with the text. A term counts there as often as its weight says, as if the text had it
so many times: what a note is called says more of it than a word in passing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from superthread.search.analysis import analyzer
from superthread.search.index.postings import Counted

TITLE, LABEL, CATEGORY = 3, 2, 1
LONGEST, MOST = 200, 50  # characters of a label, and labels
UNTOLD = "default"  # the category of memories that were given none
_WEIGHTS = {
    "title": TITLE,
    **dict.fromkeys(("tags", "tag", "aliases", "alias", "keywords"), LABEL),
    **dict.fromkeys(("file", "filename", "file_name", "path"), LABEL),
}


def terms_beside(row: Mapping[str, Any]) -> Counter[str]:
    """The terms of a memory's metadata and category, with what they add to its frequencies."""
    found: Counter[str] = Counter()
    for weight, text in _labels(row["metadata"], row["category"]):
        for term in analyzer.terms(text[:LONGEST]):
            found[term] += weight
    return found


def with_beside(counted: Counted, beside: Mapping[str, int]) -> Counted:
    """The terms of the text and those beside it."""
    if not beside:
        return counted
    return counted._replace(frequencies=Counter(counted.frequencies) + Counter(beside))


def _labels(metadata: Mapping[str, Any], category: str) -> Iterator[tuple[int, str]]:
    if category != UNTOLD:
        yield CATEGORY, category
    for key, weight in _WEIGHTS.items():
        for text in _texts(metadata.get(key)):
            yield weight, text


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    values = value[:MOST] if isinstance(value, list) else []
    return [one for one in values if isinstance(one, str)]
