"""The tests that stand for modules below the apps."""

_MEMORIES, _CACHING = "superthread/tests", "memory_hub/caching/tests"

# The first pattern that fits a module counts.
TESTS = {
    "memory_hub/api/preconditions.py": [
        f"{_MEMORIES}/input/test_preconditions.py",
        f"{_MEMORIES}/writes/paths/test_put_by_path.py",
        "memory_hub/http/tests/test_compression.py",
    ],
    "memory_hub/api/strict_json.py": [
        "memory_hub/api/tests/test_strict_json.py",
        f"{_MEMORIES}/writes/test_fine_points.py",
        f"{_MEMORIES}/input/test_bad_input.py",
        f"{_MEMORIES}/input/test_numbers_in_metadata.py",
        f"{_MEMORIES}/input/test_costly_input.py",
    ],
    "memory_hub/idempotency/parts.py": [
        f"{_MEMORIES}/batches/test_batch_parts.py",
        f"{_MEMORIES}/batches/test_batch_twins.py",
        "memory_hub/http/tests/test_rate_limiting.py::"
        "test_keeping_a_large_answer_for_its_key_is_charged",
    ],
    "memory_hub/idempotency/*.py": [
        "memory_hub/idempotency/tests",
        "superthread/tests/imports/test_uploads.py::test_the_same_key_starts_one_import",
        "memory_hub/http/tests/test_rate_limiting.py::"
        "test_keeping_a_large_answer_for_its_key_is_charged",
    ],
    "memory_hub/rate_limits/bill.py": [
        "memory_hub/rate_limits/tests/test_points.py",
        "memory_hub/http/tests/test_rate_limiting.py",
        "memory_hub/http/tests/test_response_cache.py",
    ],
    "memory_hub/rate_limits/redis_counts.py": ["memory_hub/rate_limits/tests/test_redis_counts.py"],
    "memory_hub/rate_limits/mapped_storage.py": [
        "memory_hub/rate_limits/tests/test_points.py",
        "memory_hub/http/tests/test_rate_limiting.py",
    ],
    "memory_hub/rate_limits/*.py": [
        "memory_hub/rate_limits/tests",
        "integrations/oauth/tests/test_registration.py",
        "memory_hub/http/tests/test_rate_limiting.py",
    ],
    "memory_hub/caching/generations/redis*.py": [
        f"{_CACHING}/generations/test_redis_generations.py",
        f"{_CACHING}/generations/test_telling_hosts.py",
    ],
    "memory_hub/caching/generations/watching.py": [
        f"{_CACHING}/generations/test_watching.py",
    ],
    "memory_hub/caching/generations/news.py": [f"{_CACHING}/generations/test_news.py"],
    "memory_hub/caching/generations/*.py": [
        f"{_CACHING}/generations/test_mapped_generations.py",
        f"{_CACHING}/generations/test_redis_generations.py",
        f"{_CACHING}/generations/test_telling_hosts.py",
        f"{_MEMORIES}/writes/test_hits_kept.py",
    ],
    "memory_hub/caching/invalidation.py": [
        f"{_CACHING}/test_net.py",
        f"{_CACHING}/test_untold.py",
        f"{_MEMORIES}/writes/test_hits_kept.py",
    ],
    "memory_hub/caching/statements.py": [f"{_CACHING}/test_net.py"],
    "memory_hub/caching/host_files.py": [f"{_CACHING}/test_host_files.py"],
    "memory_hub/caching/stores.py": [f"{_CACHING}/test_stores.py"],
    "memory_hub/caching/call_keys.py": [f"{_CACHING}/test_call_keys.py"],
    "memory_hub/caching/single_flight.py": [
        f"{_CACHING}/test_single_flight.py",
        f"{_CACHING}/test_memoize.py",
        f"{_CACHING}/test_memoize_async.py",
    ],
    "memory_hub/caching/registry.py": [f"{_CACHING}/test_shared_stats.py"],
    "memory_hub/caching/shared_stats.py": [f"{_CACHING}/test_shared_stats.py"],
    "memory_hub/caching/statistics.py": [
        f"{_CACHING}/test_stores.py",
        f"{_CACHING}/test_shared_stats.py",
    ],
    "memory_hub/caching/maintenance.py": [
        f"{_CACHING}/test_clearing.py",
        f"{_CACHING}/test_monitoring.py",
    ],
    "memory_hub/caching/memoize.py": [
        f"{_CACHING}/test_memoize.py",
        f"{_CACHING}/test_memoize_async.py",
        f"{_CACHING}/test_shared_stats.py::"
        "test_cleanup_drops_the_outdated_in_every_process_and_keeps_the_rest",
    ],
    "memory_hub/caching/dependencies.py": [
        f"{_CACHING}/test_memoize.py",
        f"{_CACHING}/test_memoize_async.py",
        "memory_hub/http/tests/test_response_cache.py",
        "memory_hub/http/tests/test_response_cache_ends.py",
        f"{_MEMORIES}/feed/test_as_it_was.py::test_a_memory_is_shown_as_it_was",
    ],
    "memory_hub/http/response_cache.py": [
        "memory_hub/http/tests/test_response_cache.py",
        "memory_hub/http/tests/test_response_cache_ends.py",
        f"{_CACHING}/test_monitoring.py",
        "memory_hub/http/tests/test_compression.py",
        f"{_MEMORIES}/writes/test_fine_points.py",
    ],
}
