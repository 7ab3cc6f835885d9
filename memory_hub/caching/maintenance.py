"""Emptying caches: those of every worker and those that they share."""

from django.conf import settings
from django.core.cache import caches

from memory_hub.caching import registry


def clear() -> dict[str, int]:
    """Forget everything, wherever this is called; how many entries went, by cache."""
    removed = registry.clear()
    for name in ("default", "shared"):
        if settings.REDIS_URL:
            # The entries of the hub only: others may use the same Redis.
            removed[name] = caches[name].delete_pattern("*") or 0
        else:
            caches[name].clear()
    caches["ttl"].clear()
    return removed


def cleanup() -> dict[str, int]:
    """Drop what has expired or is outdated; entries that went, by cache. Redis does it itself."""
    return registry.cleanup()
