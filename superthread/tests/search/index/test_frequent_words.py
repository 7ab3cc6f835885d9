"""Words in more memories than a query reads: those made last are looked at, in the usual order."""

from dataclasses import replace

import pytest
from django.db.models import F
from django.utils.timezone import now

from memory_hub.accounts.models import Team
from memory_hub.accounts.restrictions import Restriction
from superthread.models import Memory
from superthread.search import service
from superthread.search.index import choosing, folding
from superthread.search.retrieval import execution, ranking
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
    """Called: from now on all words of the hub are."""

    def begin():
        monkeypatch.setattr(ranking, "MOST_POSTINGS", 200)
        monkeypatch.setattr(ranking, "OF_FREQUENT", 400)

    return begin


QUERIES = ["common", '"meeting notes"', "meeting common", "common -meeting"]


@pytest.fixture
def few_read(monkeypatch):
    """Of the memories changed last fewer are read than segments have."""
    monkeypatch.setattr(execution, "MOST_READ", 80)


@pytest.mark.parametrize("query", QUERIES)
def test_frequent_words_are_looked_for_in_the_memories_made_last(caller, frequent, query):
    every = all_of(query, caller)
    frequent()
    some = all_of(query, caller)
    assert some == [one for one in every if one in {*some}]
    assert 50 < len(some) < len(every) / 2
    # Of each space a segment is looked at whole or not at all.
    assert max({*every} - {*some}) < min(some) + 8 * SEGMENT


def test_memories_that_are_not_folded_yet_are_looked_at(caller, frequent):
    mine = Memory.objects.filter(space=caller.user_id, content__contains="common")
    oldest = mine.earliest("pk")
    frequent()
    assert oldest.pk not in all_of("common", caller)
    overwrite(oldest.pk, {"content": "Common, and changed"}, by=caller)
    assert oldest.pk in all_of("common", caller)


def test_a_team_is_searched_for_a_frequent_word_by_itself(caller, frequent):
    of_team = Memory.objects.filter(team__key="team-1", content__contains="common")
    oldest = of_team.earliest("pk").pk
    frequent()
    assert oldest not in all_of("common", caller)
    assert oldest in all_of("common", caller, scope="team", team_key="team-1")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("gone", ["deleted_at", "expires_at"])
def test_where_the_last_memories_are_not_found_those_before_them_are(
    caller, frequent, few_read, gone, query
):
    Memory.objects.filter(pk__gt=MEMORIES / 4).update(**{gone: now()})
    every = all_of(query, caller)
    frequent()
    some = all_of(query, caller)
    assert 15 < len(some) < len(every)
    assert some == [one for one in every if one in {*some}]


@pytest.mark.parametrize("query", QUERIES)
def test_what_was_made_last_is_looked_through_though_most_of_it_is_gone(
    caller, frequent, few_read, query
):
    gone = Memory.objects.annotate(number=F("pk") % 5).filter(number__lt=3)
    Memory.objects.filter(pk__in=gone.values("pk")).update(deleted_at=now())
    every = all_of(query, caller)
    frequent()
    some = all_of(query, caller)
    assert 60 < len(some) < len(every)
    assert some == [one for one in every if one in {*some}]


def test_a_token_for_a_team_finds_a_frequent_word_in_it(caller, frequent):
    team = Team.objects.get(key="team-1")
    token = replace(caller, restriction=Restriction(personal=False, teams=frozenset({team.pk})))
    every = all_of("common", token)
    frequent()
    of_team = Memory.objects.filter(team=team, content__contains="common")
    assert {*every} == {*of_team.values_list("pk", flat=True)}
    assert all_of("common", token) == every


def all_of(query, by, **place):
    """The memories of all pages, in their order."""
    shown, cursor = [], None

    def show(one):
        shown.append(one.row["id"])

    while True:
        asked = {"query": query, "limit": 100, "cursor": cursor, **place}
        cursor = service.search(by=by, show=show, **asked).next_cursor
        if cursor is None:
            return shown
