"""Which tests a run is for: its kind of database, with drills or without, all or by turns."""

import zlib
from collections import defaultdict
from collections.abc import Iterable

import pytest

# Asks a database nothing, or nothing that another kind might answer otherwise: one run of the suite
# is enough, that on SQLite.
ONCE = (
    "google_docs/tests/client/test_credentials.py",
    "google_docs/tests/client/test_errors.py",
    "google_docs/tests/test_double.py",
    "google_docs/tests/text/",
    "memory_hub/api/tests/test_openapi_lint.py",
    "memory_hub/api/tests/test_strict_json.py",
    "memory_hub/conf/tests/",
    "memory_hub/http/tests/test_door.py",
    "memory_hub/http/tests/test_pages_in_a_browser.py",
    "memory_hub/http/tests/test_path_prefix.py",
    "memory_hub/http/tests/test_transport.py",
    "memory_hub/server/tests/test_backpressure.py",
    "memory_hub/server/tests/test_recycling.py",
    "memory_hub/tests/test_architecture.py",
    "memory_hub/tests/test_deploy.py",
    "memory_hub/tests/test_nginx.py",
    "memory_hub/tests/test_rooms.py",
    "memory_hub/tests/test_small_rooms.py",
    "monitoring/tests/aggregates/test_",
    "monitoring/tests/logs/test_access_log.py",
    "monitoring/tests/logs/test_discretion.py",
    "monitoring/tests/record/test_measure.py",
    "monitoring/tests/record/test_tracing.py",
    "superthread/tests/search/analysis/",
    "superthread/tests/search/test_analyzer.py",
    "testing/tests/test_benchmarks.py",
    "testing/tests/test_discretion.py",
    "testing/tests/test_mutation.py",
    "testing/tests/test_selection.py",
    "web/tests/memories/test_markdown.py",
    "web/tests/memories/test_merging.py",
    # Most browsers, and what no database is behind. A story in a browser, and unmodified clients of
    # others, go to both kinds.
    "clients/python/tests/test_installed.py",
    "integrations/mcp/tests/test_conformance.py",
    "integrations/mcp/tests/test_in_a_browser.py",
    "integrations/oauth/tests/test_in_a_browser.py",
    "web/tests/browser/test_accessibility.py",
    "web/tests/browser/test_logging_in.py",
    "web/tests/browser/test_keys.py",
    "web/tests/login/test_single_sign_on.py::TestAtARealProvider",
)

# Where kinds of databases have statements of their own, they are tried on both in every run.
BOTH = (
    "memory_hub/caching/tests/generations/",
    "memory_hub/database/",
    "memory_hub/idempotency/tests/test_locks.py",
    "memory_hub/jobs/",
    "memory_hub/journal/",
    "superthread/tests/search/index/",
    "superthread/tests/search/test_order.py",
    "superthread/tests/search/test_quality.py",
    "superthread/tests/search/test_ranking.py",
    "superthread/tests/writes/test_grouped_saves.py",
    "superthread/tests/writes/test_query_counts.py",
    "superthread/tests/writes/test_round_trips.py",
)
# Doors and pages ask the rooms below, which are tried on both: beside drills, where all else is,
# they still go by turns, with all their cases.
DOORS = ("integrations/", "web/")
KINDS = ("sqlite", "postgresql")

# A test with so many cases is tried with one of so many of them where all are tried elsewhere,
MANY = 6
A_PART = 4
# but for who may see and do what, and for what kinds of databases have statements of their own.
WHOLE = (
    *BOTH,
    "google_docs/tests/access/",
    "memory_hub/accounts/",
    "superthread/tests/access/",
    "superthread/tests/restricted/",
)


def is_left_out(place: str, kind: str) -> bool:
    """Whether a run on this kind takes nothing of the file or directory at ``place``."""
    return kind != KINDS[0] and f"{place}/".startswith(tuple(f"{one.rstrip('/')}/" for one in ONCE))


def is_for(item: pytest.Item, kind: str, drills: bool, turns: bool) -> bool:
    """Whether a run on this kind of database takes the test. ``turns``: there is a run on the other
    kind beside it, so that one of them is enough for what is not in BOTH; beside drills, for DOORS
    alone."""
    is_drill = bool(item.get_closest_marker("drill"))
    if is_drill and not drills:
        return False
    if only := item.get_closest_marker("only_on"):
        return only.args[0] == kind
    if item.nodeid.startswith(ONCE):
        return kind == KINDS[0]
    if not turns or item.nodeid.startswith(BOTH):
        return True
    if drills and (is_drill or not item.nodeid.startswith(DOORS)):
        return True
    return turn_of(item.nodeid) == kind


def turn_of(nodeid: str) -> str:
    """The kind of database whose turn it is, the same in every run: of a module's tests half are
    for either."""
    return KINDS[zlib.crc32(nodeid.encode()) % 2]


def left_to_others(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Of tests that have many cases those that a run by turns leaves to other runs, the same each
    time. They are drawn by their names: every fourth of a table would be of one column."""
    cases = defaultdict(list)
    for item in items:
        if not (item.nodeid.startswith(WHOLE) or item.get_closest_marker("drill")):
            cases[item.nodeid.partition("[")[0]].append(item)
    left = set()
    for of_one in cases.values():
        if len(of_one) >= MANY:
            of_one.sort(key=lambda item: zlib.crc32(item.nodeid[::-1].encode()))
            left.update(of_one[-(-len(of_one) // A_PART) :])
    return left
