"""The database under the hub: PostgreSQL through a pool, its presets, its statistics.

``configuration`` builds the DATABASES entry of PostgreSQL from the environment, ``postgresql`` is
the Django backend that takes its connections from a pool, ``get_pool_stats`` says how the pool is.
"""

from memory_hub.database.statistics import get_pool_stats, print_pool_stats

__all__ = ["get_pool_stats", "print_pool_stats"]
