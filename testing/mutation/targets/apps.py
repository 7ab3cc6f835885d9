"""The tests that stand for modules of memories and of those in Google Docs."""

_MEMORIES, _GOOGLE = "superthread/tests", "google_docs/tests"
_WRITES = [
    f"{_MEMORIES}/writes/test_{name}.py" for name in ("memories", "hits_kept", "fine_points")
]

# The first pattern that fits a module counts.
TESTS = {
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
    "google_docs/preconditions.py": [
        f"{_GOOGLE}/store/test_{name}.py" for name in ("writers", "memories")
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
    "superthread/reads/links.py": [
        f"{_MEMORIES}/reads/test_{name}.py" for name in ("links", "renamed_links")
    ],
    "superthread/reads/ident*.py": [
        f"{_MEMORIES}/reads/test_identifiers.py",
        "integrations/mem0/tests/test_clearing.py",
    ],
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
        f"{_MEMORIES}/reads/test_list_filters.py",
    ],
    "superthread/reads/numbered.py": [
        "integrations/mem0/tests/test_filters.py",
        "integrations/mem0/tests/test_calls.py",
    ],
    "superthread/reads/reasons.py": ["superthread/tests/test_reasons.py"],
    "superthread/reads/spots.py": [
        f"{_MEMORIES}/access/test_by_path.py",
        "integrations/mcp/tests/test_tools.py",
    ],
    "superthread/reads/shape.py": [
        f"{_MEMORIES}/reads/test_reading_lists.py",
        f"{_MEMORIES}/reads/together/test_as_the_view.py",
        f"{_MEMORIES}/search/test_filters.py",
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
        f"{_MEMORIES}/writes/events/test_every_write_tells.py",
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
    "superthread/services/redacting.py": [
        f"{_MEMORIES}/writes/removal/test_{name}.py" for name in ("redacting", "holds")
    ],
    "superthread/services/history.py": [
        f"{_MEMORIES}/writes/test_memories.py",
        f"{_MEMORIES}/writes/test_writing_small.py",
        f"{_MEMORIES}/writes/removal/test_redacting.py",
        f"{_MEMORIES}/writes/paths/test_paths.py",
        f"{_MEMORIES}/access/test_write_only.py",
        f"{_MEMORIES}/transfer/test_export_history.py",
        "integrations/mem0/tests/test_calls.py",
    ],
    "superthread/services/restoring.py": [
        f"{_MEMORIES}/transfer/test_{name}.py"
        for name in ("archive", "export_history", "import", "import_grants", "import_heads")
    ],
    "superthread/services/operators.py": [
        f"{_MEMORIES}/test_admin.py",
        f"{_MEMORIES}/access/test_ownership.py",
        f"{_MEMORIES}/access/test_leaving_a_team.py",
    ],
    "superthread/services/categories.py": [
        f"{_MEMORIES}/writes/test_writing_small.py",
        f"{_MEMORIES}/access/test_held_by_others.py",
        f"{_MEMORIES}/restricted/test_places.py",
    ],
    "superthread/services/erasing.py": [f"{_MEMORIES}/writes/removal/test_no_trace.py"],
    "superthread/services/relinking.py": [f"{_MEMORIES}/reads/test_renamed_links.py"],
    "superthread/services/places.py": [
        f"{_MEMORIES}/restricted/test_places.py",
        f"{_MEMORIES}/writes/test_writing_small.py",
        f"{_MEMORIES}/writes/test_moving.py",
        f"{_MEMORIES}/batches/test_batch_save.py",
    ],
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
    "superthread/services/upkeep/departures.py": [
        f"{_MEMORIES}/access/test_leaving_a_team.py",
        f"{_MEMORIES}/access/test_ownership.py",
    ],
    "superthread/services/upkeep/identifying.py": [f"{_MEMORIES}/reads/test_identifiers.py"],
    "superthread/services/upkeep/linking.py": [
        f"{_MEMORIES}/reads/test_{name}.py" for name in ("links", "renamed_links")
    ],
    "superthread/services/upkeep/readdressing.py": ["web/tests/addresses/test_what_moves.py"],
    "superthread/services/upkeep/indexing.py": [f"{_MEMORIES}/search/index/test_upkeep.py"],
    "superthread/services/upkeep/reindexing.py": [
        f"{_MEMORIES}/search/index/test_folding.py",
        *(f"{_MEMORIES}/search/renewal/test_{name}.py" for name in ("reindex", "beside")),
        f"{_MEMORIES}/reads/test_titles.py",
        f"{_MEMORIES}/writes/test_bounded_transactions.py",
    ],
    "superthread/services/upkeep/rewriting.py": [
        *(f"{_MEMORIES}/search/renewal/test_{name}.py" for name in ("reindex", "beside")),
        f"{_MEMORIES}/reads/test_titles.py",
        f"{_MEMORIES}/writes/test_bounded_transactions.py",
    ],
    "superthread/search/renewal/*.py": [
        f"{_MEMORIES}/search/renewal/test_{name}.py" for name in ("beside", "beside_writers")
    ],
    "superthread/services/steps/parts.py": [
        f"{_MEMORIES}/batches/test_batch_parts.py",
        f"{_MEMORIES}/writes/test_bounded_transactions.py",
    ],
    "superthread/services/steps/*.py": [
        *_WRITES,
        f"{_MEMORIES}/access/test_ownership.py",
        f"{_MEMORIES}/batches/test_batch_parts.py",
        f"{_MEMORIES}/search/index/test_ready.py",
        f"{_MEMORIES}/writes/test_writing_small.py",
        f"{_MEMORIES}/writes/test_scanning.py",
        f"{_MEMORIES}/writes/paths/test_put_by_path.py",
        f"{_MEMORIES}/batches/test_batch_change.py",
        f"{_MEMORIES}/batches/test_batch_save.py",
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
