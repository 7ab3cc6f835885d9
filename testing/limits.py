"""Limits of a test's own."""

from memory_hub.rate_limits import counters, limiter


def forget_limits() -> None:
    """Have limits and counts made anew, by the settings of now."""
    limiter.per_payer.cache_clear()
    limiter.per_login.cache_clear()
    limiter.per_import.cache_clear()
    counters.counts_of_this_host.cache_clear()
