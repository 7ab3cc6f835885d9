"""Words in more memories than other words may be: the best of all are found all the same."""

from dataclasses import replace

import pytest
from django.db.models import F
from django.utils.timezone import now

from memory_hub.accounts.models import Team
from memory_hub.accounts.restrictions import Restriction
from superthread.models import Memory
from superthread.search import service
from superthread.search.index import choosing, folding
from superthread.search.retrieval import execution, ranking, scoring
from superthread.search.retrieval.reach import Searchable
from superthread.services.revise import overwrite
from superthread.tests.access.worlds import person
from testing.filled import fill, make_people

MEMORIES, SEGMENT = 2_000, 50


@pytest.fixture
def caller(db, monkeypatch):
    """Somebody in two teams of a hub of many segments."""
    for module in (folding, choosing):
        monkeypatch.setattr(module, "AT_ONCE", SEGMENT)
    monkeypatch.setattr(choosing, "FULL", MEMORIES)
    by, _ = make_people(2)
    fill(0, MEMORIES)
    return person(by.email)


@pytest.fixture
def frequent(monkeypatch):
    """Called: from now on all words of the hub are, and segments have the best by themselves."""

    def begin():
        monkeypatch.setattr(ranking, "MOST_POSTINGS", 200)
        monkeypatch.setattr(ranking, "AT_ONCE", (8, 40, 300))
        monkeypatch.setattr(scoring, "TOGETHER", 1)
        monkeypatch.setattr(scoring, "READ_AT_FIRST", 2)

    return begin


QUERIES = ["common", '"meeting notes"', "meeting common", "common -meeting"]


@pytest.fixture
def few_looked_at(monkeypatch):
    """Of the best, and of the memories changed last, fewer than there are."""
    monkeypatch.setattr(ranking, "FEW_LOOKED_AT", 100)
    monkeypatch.setattr(execution, "MOST_READ", 400)


@pytest.mark.parametrize("query", QUERIES)
def test_pages_of_frequent_words_are_those_of_all_memories(caller, frequent, query):
    every = all_of(query, caller)
    frequent()
    assert all_of(query, caller, limit=30) == every
    assert len(every) > MEMORIES / 8


@pytest.mark.parametrize("how", [{"sort": "created"}, {"half_life_days": 3.0}])
def test_time_puts_the_best_of_all_in_another_order(caller, frequent, how, monkeypatch):
    monkeypatch.setattr("superthread.search.results.order.REORDERED", 100)
    asked = {"how": service.SearchOptions(**how)}
    every = page_of("common", caller, **asked)
    frequent()
    assert page_of("common", caller, **asked) == every


def test_what_is_changed_is_ranked_as_it_is_now(caller, frequent):
    changed = [pk for pk in range(1, MEMORIES, 27) if pk % 8 == 1]
    for pk in changed:
        overwrite(pk, {"content": "Common"}, by=caller)
    folding.fold_due(least=1)
    # What they were is in other segments still.
    every = all_of("common -meeting", caller)
    assert {*changed} <= {*every}
    frequent()
    assert all_of("common -meeting", caller) == every


def test_a_team_is_searched_for_a_frequent_word_by_itself(caller, frequent, few_looked_at):
    place = {"scope": "team", "team_key": "team-1"}
    of_team = Memory.objects.filter(team__key="team-1", content__contains="common")
    every = all_of("common", caller, **place)
    frequent()
    assert all_of("common", caller, **place) == every
    assert {*every} == {*of_team.values_list("pk", flat=True)}


@pytest.mark.parametrize("scope", ["personal", "team", "public"])
def test_a_scope_has_of_a_frequent_word_what_is_in_it(caller, frequent, scope):
    every = all_of("common", caller)
    of_scope = Memory.objects.filter(scope=["personal", "team", "public"].index(scope))
    ids = {*of_scope.values_list("pk", flat=True)}
    frequent()
    assert all_of("common", caller, scope=scope) == [pk for pk in every if pk in ids]


def test_what_is_fresh_elsewhere_stands_before_nothing_in_a_scope(
    caller, frequent, few_looked_at, monkeypatch
):
    public = Memory.objects.filter(scope=2)
    for pk in public.values_list("pk", flat=True)[: 2 * ranking.FEW_LOOKED_AT]:
        overwrite(pk, {"content": "common common"}, by=caller)
    every = all_of("common", caller, scope="personal")
    # Without those that were changed last.
    monkeypatch.setattr(execution, "MOST_READ", 30)
    frequent()
    assert all_of("common", caller, scope="personal") == every


@pytest.mark.parametrize("query", QUERIES)
def test_more_postings_than_are_looked_at_are_those_of_segments_with_the_best(
    caller, frequent, query, monkeypatch
):
    every = all_of(query, caller)
    frequent()
    monkeypatch.setattr(scoring, "MOST_SCORED", 700)
    some = all_of(query, caller)
    assert some == [one for one in every if one in {*some}]
    assert len(every) / 8 < len(some) < len(every)


def test_a_page_of_one_word_is_of_all_memories_however_few_postings_are_looked_at(
    caller, frequent, monkeypatch
):
    every = all_of("common", caller)
    frequent()
    monkeypatch.setattr("superthread.search.results.paging.TIED", 12)
    monkeypatch.setattr(scoring, "MOST_SCORED", 12 * SEGMENT)
    assert page_of("common", caller, limit=8) == every[:8]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("gone", ["deleted_at", "expires_at"])
def test_where_the_best_are_not_found_those_changed_last_are(
    caller, frequent, few_looked_at, gone, query
):
    best = all_of(query, caller)[:-60]
    Memory.objects.filter(pk__in=best).update(**{gone: now()})
    every = all_of(query, caller)
    frequent()
    some = all_of(query, caller)
    assert 8 < len(some) <= len(every) == 60
    assert some == [one for one in every if one in {*some}]


@pytest.mark.parametrize("query", QUERIES)
def test_a_category_of_few_is_found_behind_the_best_of_others(
    caller, frequent, few_looked_at, query
):
    Memory.objects.filter(pk__in=all_of(query, caller)[-60:]).update(category="rare")
    every = all_of(query, caller, category="rare")
    frequent()
    assert all_of(query, caller, category="rare") == every
    assert len(every) == 60


@pytest.mark.parametrize("query", QUERIES)
def test_the_best_are_looked_through_though_most_of_them_are_gone(
    caller, frequent, few_looked_at, query
):
    gone = Memory.objects.annotate(number=F("pk") % 5).filter(number__lt=3)
    Memory.objects.filter(pk__in=gone.values("pk")).update(deleted_at=now())
    every = all_of(query, caller)
    frequent()
    assert all_of(query, caller) == every
    assert len(every) > 60


def test_a_token_for_a_team_finds_a_frequent_word_in_it(caller, frequent):
    team = Team.objects.get(key="team-1")
    token = replace(caller, restriction=Restriction(personal=False, teams=frozenset({team.pk})))
    every = all_of("common", token)
    frequent()
    of_team = Memory.objects.filter(team=team, content__contains="common")
    assert {*every} == {*of_team.values_list("pk", flat=True)}
    assert all_of("common", token) == every


@pytest.mark.parametrize("query", QUERIES)
def test_a_token_for_a_category_of_few_finds_all_of_it_behind_the_best_of_others(
    caller, frequent, few_looked_at, query, monkeypatch
):
    Memory.objects.filter(pk__in=all_of(query, caller)[-60:]).update(category="rare")
    token = replace(caller, restriction=Restriction(category="rare"))
    every = all_of(query, token)
    assert len(every) == 60
    frequent()
    # As in a hub of far more.
    monkeypatch.setattr(scoring, "MOST_SCORED", 300)
    assert all_of(query, token) == every


@pytest.mark.parametrize("place", [{"category": "mistyped"}, {"category": "rare"}])
@pytest.mark.parametrize("query", ["common", "meeting common"])
def test_no_more_are_looked_at_than_the_best_and_the_few_in_a_category(
    caller, frequent, few_looked_at, query, place, monkeypatch
):
    Memory.objects.filter(pk__in=all_of(query, caller)[-5:]).update(category="rare")
    asked = seen(monkeypatch, "found")
    every = page_of(query, caller, **place)
    frequent()
    asked.clear()
    assert page_of(query, caller, **place) == every
    # Some are looked at for words that may be mistyped.
    assert sum(map(len, asked)) < 4 * ranking.FEW_LOOKED_AT


def test_where_the_best_fill_a_page_nothing_else_is_asked_for(caller, frequent, monkeypatch):
    frequent()
    asked = seen(monkeypatch, "newest")
    assert len(page_of("common", caller)) == 20
    assert asked == []


def seen(monkeypatch, name):
    """What searches call a method of their reach with from now on."""
    calls, real = [], getattr(Searchable, name)

    def noted(reach, given):
        calls.append(given)
        return real(reach, given)

    monkeypatch.setattr(Searchable, name, noted)
    return calls


def all_of(query, by, limit=100, **place):
    """The memories of all pages, in their order."""
    shown, cursor = [], None

    def show(one):
        shown.append(one.row["id"])

    while True:
        asked = {"query": query, "limit": limit, "cursor": cursor, **place}
        cursor = service.search(by=by, show=show, **asked).next_cursor
        if cursor is None:
            return shown


def page_of(query, by, **asked):
    """The memories of the first page."""
    shown = []
    service.search(query=query, by=by, show=lambda one: shown.append(one.row["id"]), **asked)
    return shown
