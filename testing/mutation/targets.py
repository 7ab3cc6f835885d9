"""Which tests stand for which modules: the fewest and fastest that say what they promise."""

from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_MEMORIES, _CACHING = "superthread/tests", "memory_hub/caching/tests"
_WRITES = [
    f"{_MEMORIES}/writes/test_{name}.py" for name in ("memories", "hits_kept", "fine_points")
]

# The first pattern that fits a module counts.
_TESTS = {
    "superthread/policies.py": [
        f"{_MEMORIES}/{name}.py"
        for name in (
            "access/test_policies",
            "writes/test_trash",
            "access/test_held_by_others",
            "access/test_public_and_shared",
            "access/test_leaving_a_team",
            "access/test_ownership",
            "access/test_shares",
        )
    ],
    "memory_hub/api/preconditions.py": [
        f"{_MEMORIES}/input/test_preconditions.py",
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
        "memory_hub/http/tests/test_rate_limiting.py::"
        "test_keeping_a_large_answer_for_its_key_is_charged",
    ],
    "memory_hub/rate_limits/*.py": [
        "memory_hub/rate_limits/tests",
        "memory_hub/http/tests/test_rate_limiting.py",
    ],
    "memory_hub/caching/generations/redis.py": [f"{_CACHING}/test_redis_generations.py"],
    "memory_hub/caching/generations/redis_connection.py": [f"{_CACHING}/test_redis_generations.py"],
    "memory_hub/caching/generations/news.py": [f"{_CACHING}/test_news.py"],
    "memory_hub/caching/generations/*.py": [
        f"{_CACHING}/test_mapped_generations.py",
        f"{_CACHING}/test_truth.py",
        f"{_MEMORIES}/writes/test_hits_kept.py",
    ],
    "memory_hub/caching/invalidation.py": [
        f"{_CACHING}/test_net.py",
        f"{_CACHING}/test_truth.py",
        f"{_MEMORIES}/writes/test_hits_kept.py",
    ],
    "memory_hub/caching/statements.py": [f"{_CACHING}/test_net.py"],
    "memory_hub/caching/dependencies.py": [
        f"{_CACHING}/test_memoize.py",
        "memory_hub/http/tests/test_response_cache.py",
    ],
    "memory_hub/http/response_cache.py": [
        "memory_hub/http/tests/test_response_cache.py",
        "memory_hub/http/tests/test_compression.py",
        f"{_MEMORIES}/writes/test_fine_points.py",
    ],
    "superthread/reads/trash.py": [f"{_MEMORIES}/writes/test_trash.py"],
    "superthread/reads/bounded_pages.py": [f"{_MEMORIES}/reads/test_bounded_pages.py"],
    "superthread/reads/statistics.py": [f"{_MEMORIES}/reads/test_statistics.py"],
    "superthread/reads/*.py": [
        f"{_MEMORIES}/reads/test_reading_lists.py",
        f"{_MEMORIES}/writes/test_memories.py",
        f"{_MEMORIES}/reads/test_forged_cursors.py",
    ],
    "superthread/services/batch.py": [
        f"{_MEMORIES}/batches/test_batch_save.py",
        f"{_MEMORIES}/batches/test_batch_change.py",
    ],
    "superthread/services/sharing.py": [f"{_MEMORIES}/access/test_shares.py"],
    "superthread/services/ownership.py": [f"{_MEMORIES}/access/test_ownership.py"],
    "superthread/services/lifecycle.py": [f"{_MEMORIES}/writes/test_trash.py", *_WRITES],
    "superthread/services/*.py": [*_WRITES, f"{_MEMORIES}/writes/test_writing_small.py"],
    "google_docs/store/*.py": [
        f"google_docs/tests/store/test_{name}.py"
        for name in ("memories", "listing", "permissions", "versions", "once", "shared_documents")
    ],
}
TARGETS = [
    path.relative_to(ROOT).as_posix()
    for pattern in _TESTS
    for path in sorted(ROOT.glob(pattern))
    if path.name not in ("__init__.py", "apps.py")  # a few lines that fail at once
]


def tests_of(module: str) -> list[str]:
    """What pytest shall run for a module, by its path in the checkout."""
    for pattern, tests in _TESTS.items():
        if fnmatch(module, pattern):
            return tests
    raise SystemExit(f"{module} is not in testing/mutation/targets.py: tell --tests.")
