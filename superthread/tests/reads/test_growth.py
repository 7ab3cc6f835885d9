"""What a list looks at does not grow with what lies behind it."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from superthread.reads import listing, memories
from superthread.reads.filters import Filters
from testing.filled import fill, make_people, settle
from testing.looked_at import pages_of, steps_of

FEW, MANY = 800, 6_400
EARLY = datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)


def page(by, **how):
    return lambda: memories.page(by=by, limit=10, show=lambda row: row["title"], **how)


def filtered(by, scope="all", team_key=None, **how):
    place = {"scope": scope, "team_key": team_key, "category": None}
    rest = {"sort": "updated", "limit": 10, "cursor": None, "shape": memories.WHOLE}
    return lambda: listing.page(
        by=by, filters=Filters(**how), place=place, show=lambda row: row["title"], **rest
    )


def lists(by, guest):
    """Lists by what they are of; each has a page of ten among FEW already."""
    team = {"scope": "team", "team_key": "team-0"}
    return {
        "own": page(by),
        "a team": page(by, **team),
        "public": page(by, scope="public"),
        "all": page(by, scope="all"),
        "all by creation": page(by, scope="all", sort="created"),
        "granted one by one": page(guest, scope="all"),
        "granted by creation": page(guest, scope="all", sort="created"),
        "granted and changed before": filtered(guest, updated_before=EARLY),
        "a category": page(by, scope="all", category="c3"),
        "a category of few": page(by, scope="all", category="seldom"),
        "a category of none": page(by, scope="all", category="none"),
        "two categories": filtered(by, categories=("seldom", "c3")),
        "an owner of few": filtered(by, **team, owner="seldom@example.com"),
        "changed before": filtered(by, **team, updated_before=EARLY),
        "made before": filtered(by, **team, created_before=EARLY),
        "made from": filtered(by, created_from=datetime(2026, 1, 1, 0, 2, tzinfo=UTC)),
    }


def looked_at(acts, settings):
    """What each looks at, once the database has planned it."""
    if connection.vendor == "sqlite":
        for act in acts.values():
            act()
        return {name: steps_of(act) for name, act in acts.items()}
    settings.HUB_PREPARED_STATEMENTS = False
    settle("ANALYZE")
    return {name: pages_of(act) for name, act in acts.items()}


@pytest.fixture
def grown(db, settings):
    """What each list looks at among FEW memories, and among MANY."""
    people = make_people(12)
    fill(0, FEW)
    before = looked_at(lists(*people), settings)
    fill(FEW, MANY)
    return before, looked_at(lists(*people), settings)


def test_no_list_looks_at_more_among_eight_times_as_many_memories(grown):
    before, after = grown
    growth = {name: round(after[name] / before[name], 2) for name in before}
    assert {name: ratio for name, ratio in growth.items() if ratio > 1.5} == {}, growth
