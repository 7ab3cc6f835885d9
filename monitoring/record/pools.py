"""Database connections of all workers: each reports its own pool with its flush."""

from typing import Any

from django.conf import settings

from memory_hub.database import get_pool_stats
from monitoring.store import tables

SUMMED = ("size", "checked_in", "checked_out", "overflow", "max_overflow", "waiting")


def of_this_process() -> dict[str, dict[str, Any]]:
    """Return the pool of every database as this process has it."""
    return {alias: get_pool_stats(alias) for alias in settings.DATABASES}


def of_all_workers() -> dict[str, dict[str, Any]]:
    """Return the pool of every database, numbers summed over the live workers."""
    pools = of_this_process()
    workers = tables.live_workers()
    if not workers:
        return pools
    for alias, pool in pools.items():
        for field in SUMMED:
            numbers = [worker.pools.get(alias, {}).get(field) for worker in workers]
            known = [number for number in numbers if number is not None]
            if known:
                pool[field] = sum(known)
    return pools
