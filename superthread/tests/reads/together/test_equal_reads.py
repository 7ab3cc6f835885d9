"""Reads that ask the same at the same moment are one reading, and answered each."""

import asyncio
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from memory_hub.caching import dependencies
from memory_hub.caching.tests.exchange import (
    ask,
    ask_together,
    asking,
    cached,
    hits,
    response_cache,
    uncached,
)
from memory_hub.core import budget
from memory_hub.journal import tallies
from memory_hub.rate_limits.prices import ANSWER_BYTES
from superthread.models import Memory
from superthread.views.memories import MemoryListView
from testing.clients.in_process import _loop
from testing.limits import begin, forget_limits, stop_the_clock

LISTED = "/superthread/memories?scope=all&limit=20"


def test_equal_lists_of_the_same_moment_are_read_once_and_answered_each(world, by_view, settings):
    questions = [
        (world.tokens[name], path)
        for path in (LISTED, "/superthread/memories?scope=all&limit=3", f"{LISTED}&role=viewer")
        for name in ("owner", "viewer", "own alone", "writing alone")
    ]
    # What middleware say is learned the first time.
    ask(uncached, *questions[0])
    by_view.clear()
    together = [ask_together(uncached, [one] * 3) for one in questions]
    # The first one alone: it waits for no company.
    assert [len(group) for group in by_view] == [1, 2] * len(questions)
    settings.HUB_GROUPED_READS = False
    assert together == [[ask(uncached, *one)] * 3 for one in questions]


def test_what_asks_in_another_way_is_answered_in_its_own(world, by_view, settings):
    token = world.tokens["owner"]
    ways = [{}, {"if_none_match": "*"}, {"accept_encoding": "gzip"}, {"if_none_match": '"0"'}]
    ask(uncached, token, LISTED)
    by_view.clear()

    async def all_ways():
        asked = (asking(uncached, token, LISTED, **way) for way in ways * 3)
        return await asyncio.gather(*asked)

    together = _loop.run_until_complete(all_ways())
    assert sorted(len(group) for group in by_view) == [1] * len(ways) + [2] * len(ways)
    settings.HUB_GROUPED_READS = False
    alone = [ask(uncached, token, LISTED, **way).essence() for way in ways]
    assert [one.essence() for one in together] == alone * 3


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_long_answer_that_several_get_is_whole_for_each(world, by_view, encoding):
    questions = [(world.tokens["owner"], LISTED.replace("all", "personal"))] * 3
    together = ask_together(uncached, questions, accept_encoding=encoding)
    _, group = by_view
    assert {type(one) for one in group} == {HttpResponse}
    # Middleware change what they are given.
    assert len({id(one) for one in group}) == 2
    alone = ask(uncached, *questions[0], accept_encoding=encoding)
    assert {str(one.essence()) for one in together} == {str(alone.essence())}
    assert len({len(one.headers) for one in together}) == 1


def test_what_several_lists_show_is_counted_of_each(world, by_view, settings):
    def counted(ask_all):
        tallies.take()
        ask_all([(world.tokens[name], LISTED) for name in ("owner", "viewer")] * 3)
        return tallies.take()

    together = counted(lambda questions: ask_together(uncached, questions))
    assert sorted(len(group) for group in by_view) == [1, 1, 2, 2]
    settings.HUB_GROUPED_READS = False
    assert together == counted(lambda questions: [ask(uncached, *one) for one in questions])
    assert set(together.values()) == {3}


def test_lists_that_are_read_once_are_kept_each_by_what_they_depend_on(world, by_view):
    """Kept, they expire with the first memory in them, and show again what is counted."""
    end = timezone.now() + timedelta(hours=1)
    Memory.objects.filter(doc_id=world.ids["expiring"]).update(expires_at=end)
    token = world.tokens["viewer"]
    ask(cached, token, "/superthread/info")
    response_cache.answers.clear()
    paths = [LISTED, f"{LISTED}&sort=created"]
    tallies.take()
    first = ask_together(cached, [(token, path) for path in paths * 3])
    assert sorted(len(group) for group in by_view) == [1, 1, 2, 2]
    once = tallies.take()
    kept = [one.value for one in response_cache.answers._entries.values()]
    before = hits()
    assert ask_together(cached, [(token, path) for path in paths * 3]) == first
    assert hits() == before + 6
    assert tallies.take() == once
    assert {one.until for one in kept} == {end.timestamp()}


@pytest.mark.parametrize("forbids", [True, False])
def test_what_a_view_says_of_an_answer_that_several_get_each_is_told(
    world, by_view, monkeypatch, forbids
):
    genuine, soon = MemoryListView.get, timezone.now() + timedelta(minutes=5)

    def get(view, request):
        dependencies.valid_until(soon)
        if forbids:
            dependencies.never_kept()
        return genuine(view, request)

    get.read_only = genuine.read_only
    monkeypatch.setattr(MemoryListView, "get", get)
    question = (world.tokens["viewer"], LISTED)
    ask(cached, world.tokens["viewer"], "/superthread/info")
    response_cache.answers.clear()
    ask_together(cached, [question] * 3)
    assert [len(group) for group in by_view] == [1, 2]
    kept = [one.value.until for one in response_cache.answers._entries.values()]
    assert kept == ([] if forbids else [soon.timestamp()])


def test_long_lists_are_refused_while_others_have_the_budget(world, api, by_view, monkeypatch):
    for number in range(3):
        api("owner@example.com").save(f"{number}" * 300_000)
    question = (world.tokens["owner"], LISTED)
    taken = []
    monkeypatch.setattr(budget.trimmer, "soon", lambda: taken.append(budget.answers.spent))
    assert ask(uncached, *question).status == 200
    assert taken == [0]
    monkeypatch.setattr(budget.answers, "spent", budget.answers.most)
    refused = ask_together(uncached, [question] * 3)
    assert [one.status for one in refused] == [503] * 3
    assert [len(group) for group in by_view] == [1, 1, 2]
    assert budget.answers.spent == budget.answers.most


def test_each_of_several_pays_for_its_bytes(api, by_view, settings, tmp_path, monkeypatch):
    client = api("mina@example.com")
    client.save("x" * 3 * ANSWER_BYTES)
    stop_the_clock(monkeypatch)
    begin(settings, tmp_path, "1000/minute")

    def paid(ask_all):
        # What is kept costs as much, which is not what is looked at.
        response_cache.answers.clear()
        left = [_left(client)]
        ask_all([(client.token, LISTED)] * 3)
        return left[0] - _left(client) - 1

    try:
        together = paid(lambda questions: ask_together(cached, questions))
        assert [len(group) for group in by_view] == [1, 2]
        settings.HUB_GROUPED_READS = False
        alone = paid(lambda questions: [ask(cached, *one) for one in questions])
    finally:
        forget_limits()
    assert together == alone == 3 * (1 + 3)


def _left(client):
    return int(client.get("/superthread/info").headers["ratelimit-remaining"])
