"""Caches of Django's cache framework. None of them holds answers of the API: those have caches of
their own."""

from pathlib import Path
from typing import Any

# The same for all workers.
SHARED = ("default", "shared")


def caches(data_dir: Path, redis_url: str | None) -> dict[str, dict[str, Any]]:
    """Django's CACHES.

    "default", where libraries keep limits and the like, and "shared" are the same for all workers:
    files of the host or, with the address of one, Redis. "ttl" is each worker's own.
    """
    shared = {
        name: _redis(name, redis_url) if redis_url else _files(name, data_dir) for name in SHARED
    }
    own = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": 3600}
    return {**shared, "ttl": own}


def _files(name: str, data_dir: Path) -> dict[str, Any]:
    return {
        "BACKEND": "memory_hub.caching.host_files.HostFiles",
        "LOCATION": data_dir / "cache" / name,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    }


def _redis(name: str, url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": f"hub:{name}",
        "OPTIONS": {
            # Not pickles: who can write into Redis shall run nothing here.
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            # A cache that is away is a cache that has nothing.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.1,
            "SOCKET_TIMEOUT": 0.1,
        },
    }
