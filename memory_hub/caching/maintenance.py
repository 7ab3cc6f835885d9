"""Emptying caches: those of every worker and, with Redis, the shared one."""

from django.conf import settings
from django.core.cache import caches

from memory_hub.caching import registry

SHARED = "shared"


def clear() -> dict[str, int]:
    """Forget everything, wherever this is called; how many entries went, by cache."""
    removed = registry.clear()
    if settings.REDIS_URL:
        # The entries of the hub only: others may use the same Redis.
        removed[SHARED] = caches[SHARED].delete_pattern("*") or 0
    else:
        caches[SHARED].clear()
    for name in ("default", "ttl"):
        caches[name].clear()
    return removed


def cleanup() -> dict[str, int]:
    """Drop what has expired or is outdated; entries that went, by cache. Redis does it itself."""
    return registry.cleanup()
