"""Caches that are never wrong: bounded stores, generations, and decorators over both.

`generations` says what makes a kept answer invalid, `registry` counts and clears over processes.
"""

from memory_hub.caching.functions import cache_invalidate, cache_result, invalidate
from memory_hub.caching.stores import LRUCache, TTLCache

__all__ = ["LRUCache", "TTLCache", "cache_invalidate", "cache_result", "invalidate"]
