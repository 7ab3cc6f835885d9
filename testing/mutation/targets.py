"""Which tests stand for which modules: the fewest and fastest that say what they promise."""

from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_MEMORIES, _CACHING = "superthread/tests", "memory_hub/caching/tests"
_GOOGLE = "google_docs/tests"
_WRITES = [
    f"{_MEMORIES}/writes/test_{name}.py" for name in ("memories", "hits_kept", "fine_points")
]

# The first pattern that fits a module counts.
_TESTS = {
    "superthread/policies.py": [
        f"{_MEMORIES}/{name}.py"
        for name in (
            "access/test_policies",
            "writes/removal/test_trash",
            "access/test_held_by_others",
            "access/test_public_and_shared",
            "access/test_leaving_a_team",
            "access/test_ownership",
            "access/test_shares",
            "restricted/test_intersection",
            "access/test_unproven",
            "reads/test_statistics",
        )
    ],
    "google_docs/preconditions.py": ["google_docs/tests/store/test_writers.py"],
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
    "superthread/restricted.py": [
        f"{_MEMORIES}/restricted/test_{name}.py" for name in ("intersection", "search", "places")
    ],
    "superthread/search/retrieval/narrowed.py": [
        f"{_MEMORIES}/search/test_filters.py",
        f"{_MEMORIES}/reads/test_identifiers.py",
        f"{_MEMORIES}/restricted/test_search.py",
    ],
    "superthread/reads/filters.py": [
        f"{_MEMORIES}/reads/test_list_filters.py",
        f"{_MEMORIES}/reads/test_lists_by_path.py",
        f"{_MEMORIES}/search/test_filters.py",
        f"{_MEMORIES}/reads/test_identifiers.py",
    ],
    "superthread/reads/trash.py": [f"{_MEMORIES}/writes/removal/test_trash.py"],
    "superthread/reads/bounded_pages.py": [f"{_MEMORIES}/reads/test_bounded_pages.py"],
    "superthread/reads/statistics.py": [
        f"{_MEMORIES}/reads/test_statistics.py",
        "monitoring/tests/show/test_metrics.py",
    ],
    "superthread/reads/counting.py": [
        f"{_MEMORIES}/reads/test_statistics.py",
        f"{_MEMORIES}/reads/test_tallies.py",
    ],
    "superthread/tallies.py": [f"{_MEMORIES}/reads/test_tallies.py"],
    "superthread/reads/newest.py": [
        f"{_MEMORIES}/reads/test_growth.py",
        f"{_MEMORIES}/reads/test_reading_lists.py",
        f"{_MEMORIES}/reads/test_list_filters.py",
        f"{_MEMORIES}/reads/test_lists_by_path.py",
    ],
    "superthread/reads/links.py": [f"{_MEMORIES}/reads/test_links.py"],
    "superthread/reads/ident*.py": [f"{_MEMORIES}/reads/test_identifiers.py"],
    "superthread/reads/memories.py": [
        f"{_MEMORIES}/reads/test_reading_lists.py",
        f"{_MEMORIES}/reads/test_bounded_pages.py",
        f"{_MEMORIES}/writes/test_memories.py",
        f"{_MEMORIES}/access/test_by_path.py",
        "memory_hub/http/tests/test_response_cache_ends.py",
        "integrations/mcp/tests/test_tools.py",
    ],
    "superthread/reads/orders.py": [
        f"{_MEMORIES}/reads/test_reading_lists.py",
        f"{_MEMORIES}/reads/test_lists_by_path.py",
        f"{_MEMORIES}/reads/test_forged_cursors.py",
    ],
    "superthread/reads/*.py": [
        f"{_MEMORIES}/reads/test_reading_lists.py",
        f"{_MEMORIES}/reads/test_list_filters.py",
        f"{_MEMORIES}/writes/test_memories.py",
        f"{_MEMORIES}/reads/test_forged_cursors.py",
    ],
    "superthread/services/batch.py": [
        f"{_MEMORIES}/batches/test_batch_save.py",
        f"{_MEMORIES}/batches/test_batch_change.py",
        f"{_MEMORIES}/search/index/test_reserved_ahead.py",
        f"{_MEMORIES}/writes/test_writing_small.py",
    ],
    "superthread/services/sharing.py": [
        f"{_MEMORIES}/access/test_shares.py",
        f"{_MEMORIES}/writes/test_every_write_tells.py",
    ],
    "superthread/services/ownership.py": [f"{_MEMORIES}/access/test_ownership.py"],
    "superthread/services/lifecycle.py": [
        *(
            f"{_MEMORIES}/writes/{name}.py"
            for name in (
                *("removal/test_trash", "removal/test_trash_and_bodies", "paths/test_paths"),
                "test_bounded_transactions",
            )
        ),
        f"{_MEMORIES}/transfer/test_archive.py",
        *_WRITES,
    ],
    "superthread/services/save.py": [
        *_WRITES,
        f"{_MEMORIES}/writes/at_once/test_saves_together.py",
        f"{_MEMORIES}/writes/paths/test_paths.py::test_each_item_of_a_batch_has_its_own_refusal",
    ],
    "superthread/services/holds.py": [f"{_MEMORIES}/writes/removal/test_holds.py"],
    "superthread/services/redacting.py": [f"{_MEMORIES}/writes/removal/test_redacting.py"],
    "superthread/services/erasing.py": [f"{_MEMORIES}/writes/removal/test_no_trace.py"],
    "superthread/services/relinking.py": [f"{_MEMORIES}/reads/test_renamed_links.py"],
    "superthread/services/steps/naming.py": [
        f"{_MEMORIES}/writes/paths/test_{name}.py"
        for name in ("paths", "path_trees", "put_by_path")
    ],
    "superthread/services/revise.py": [
        *_WRITES,
        f"{_MEMORIES}/writes/test_moving.py",
        f"{_MEMORIES}/writes/test_scanning.py",
        f"{_MEMORIES}/writes/test_bounded_transactions.py",
        f"{_MEMORIES}/reads/test_links.py",
        f"{_MEMORIES}/reads/test_renamed_links.py",
        f"{_MEMORIES}/access/test_shares.py",
        f"{_MEMORIES}/input/test_numbers_in_metadata.py",
        f"{_MEMORIES}/access/test_leaving_a_team.py",
    ],
    "superthread/services/*.py": [*_WRITES, f"{_MEMORIES}/writes/test_writing_small.py"],
    "google_docs/store/exactly_once.py": [
        *(f"{_GOOGLE}/store/test_{name}.py" for name in ("twins", "once", "writers")),
        f"{_GOOGLE}/store/test_truth_under_faults.py::"
        "test_lists_that_lag_thirty_seconds_make_no_lasting_twin",
    ],
    "google_docs/store/*.py": [
        *(
            f"{_GOOGLE}/store/test_{name}.py"
            for name in (
                *("memories", "listing", "searching", "permissions", "versions", "writers"),
                *("twins", "shared_documents", "removals_under_faults"),
            )
        ),
        f"{_GOOGLE}/access/test_who_may.py",
        f"{_GOOGLE}/access/test_folders.py",
        f"{_GOOGLE}/client/test_cache.py",
        f"{_GOOGLE}/client/test_error_rows.py",
    ],
}
TARGETS = [
    path.relative_to(ROOT).as_posix()
    for pattern in _TESTS
    for path in sorted(ROOT.glob(pattern))
    # A few lines that fail at once.
    if path.name not in ("__init__.py", "apps.py")
]


def tests_of(module: str) -> list[str]:
    """What pytest shall run for a module, by its path in the checkout."""
    for pattern, tests in _TESTS.items():
        if fnmatch(module, pattern):
            return tests
    raise SystemExit(f"{module} is not in testing/mutation/targets.py: tell --tests.")
