"""What a text holds that should not be shared: kinds and lines, never the thing itself."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from memory_hub.caching.stores import LRUCache
from superthread.scanning.rules import Rule, rules

# Characters that a pattern sees around a word: what it takes is bounded, whatever the text is.
BEFORE, WINDOW = 64, 512
MOST = 20  # that are told of one text
# Of texts, by their hashes: those of a batch and more.
_known = LRUCache(2_048)


class SecretMatch(NamedTuple):
    """A kind, as in `rules.py`, and the line of the text; line 0 is the metadata."""

    kind: str
    line: int


def find(content: str, metadata: Mapping[str, Any]) -> tuple[SecretMatch, ...]:
    """What there is, in order of lines, at most MOST. A megabyte takes a second at worst: so it is
    to be asked before a transaction first; what was found is remembered for within it."""
    beside = orjson.dumps(metadata).decode() if metadata else ""
    found = {SecretMatch(kind, 0) for kind, _ in _remembered(beside)} | set(_remembered(content))
    return tuple(sorted(found, key=lambda one: (one.line, one.kind))[:MOST])


def _remembered(content: str) -> tuple[SecretMatch, ...]:
    """By a hash, not by the text, which may be deleted for good."""
    if not content:
        return ()
    key = blake2b(content.encode("utf-8", "surrogatepass")).digest()
    known = _known.peek(key)
    if known is None:
        found = tuple(_in(content))
        _known.set(key, found)
        return found
    return known.value


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule, ...]:
    return rules(settings.HUB_SCAN_PERSONAL)


def _in(text: str) -> Iterator[SecretMatch]:
    # Of one length, or a place in the one were no place in the other.
    small = text.lower() if text else ""
    if len(small) != len(text):
        small = "".join(one if len(low := one.lower()) != 1 else low for one in text)
    for rule in _rules() if text else ():
        for place in islice(_places(rule, text, small), MOST):
            yield SecretMatch(rule.kind, text.count("\n", 0, place) + 1)


def _places(rule: Rule, text: str, small: str) -> Iterator[int]:
    """Where the rule holds."""
    for word in rule.words:
        at = small.find(word)
        while at >= 0:
            start, end = max(0, at - BEFORE), min(len(text), at + WINDOW)
            for pattern in rule.patterns:
                for match in pattern.finditer(text, start, end):
                    if rule.check is None or rule.check(match):
                        yield match.start()
            # What begins near the end of this window is seen whole in the next one.
            at = small.find(word, max(at + 1, end - 2 * BEFORE))
