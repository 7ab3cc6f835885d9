"""Caches that are never wrong: bounded stores, generations, and decorators over both.

`generations` says what makes a kept answer invalid, `registry` counts and clears over processes,
`responses` keeps whole answers in front of Django.
"""

from memory_hub.caching.dependencies import cache_read_only, valid_until
from memory_hub.caching.invalidation import bump_after_commit, covering
from memory_hub.caching.memoize import cache_invalidate, cache_result, invalidate
from memory_hub.caching.stores import LRUCache, TTLCache

__all__ = [
    "LRUCache",
    "TTLCache",
    "bump_after_commit",
    "cache_invalidate",
    "cache_read_only",
    "cache_result",
    "covering",
    "invalidate",
    "valid_until",
]
