"""Reads of whatever is named (by id or path, versions, permissions) that come at the same moment
are one group of their caller: a statement for all of a kind, answered as the view answers each."""

from collections import Counter

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.caching.tests.exchange import ask, ask_together, uncached
from memory_hub.database.plans import PlansLost
from memory_hub.journal import tallies
from superthread.models import Grant, Memory
from superthread.reads import named, versions
from testing.examples import examples

NAMES = ("short", "long", "huge", "with a path", "team's", "public", "expiring", "expired")
NAMES += ("in the trash", "offered", "whole second")
SHAPES = ("", "?fields=title,size", "?content=summary", "?content=none&fields=content,doc_id")
PAGES = ("", "?limit=1", "?limit=3", "?limit=50", "?limit=0", "?cursor=nonsense")
PATHS = ("personal/notes/한글 one.md", "personal/notes/none.md", "personal/b.md", "team/alpha/c.md")
PATHS += ("team/alpha/none.md", "team/other/c.md", "public/d.md", "public/d.md?owner=me")
PATHS += ("public/d.md?owner=owner@example.com", "public/d.md?owner=admin@example.com")
CALLERS = ("owner", "viewer", "editor", "admin", "member", "stranger", "own alone", "one folder")

# As many as may wait at once of one token.
ROOM = 8


@pytest.fixture
def many(world, api):
    """The world with versions and paths, and the ids of versions by the names of memories."""
    owner = api("owner@example.com")
    for number in range(5):
        path = f"/superthread/memories/{world.ids['short']}"
        assert owner.patch(path, json={"content": f"Jun has key {number}."}).status_code == 200
    for space, path in (("personal", "b.md"), ("team/alpha", "c.md"), ("public", "d.md")):
        assert owner.put(f"/superthread/by-path/{space}/{path}", json={"content": path}).is_success
    world.versions = {
        name: [
            one["version_id"]
            for one in owner.get(f"/superthread/versions/{world.ids[name]}").json()["versions"]
        ]
        for name in ("short", "huge", "team's")
    }
    return world


def _paths(world):
    """What may be asked for, of every kind."""
    ids, pages = world.ids, []
    (_, *older) = world.versions["short"]
    listed = orjson.loads(
        ask(uncached, world.tokens["owner"], f"/superthread/versions/{ids['short']}?limit=2").body
    )
    pages = [*PAGES, f"?limit=2&cursor={listed['next_cursor']}"]
    found = [f"memories/{ids[name]}{shape}" for name in NAMES for shape in SHAPES]
    found += [f"versions/{ids[name]}{page}" for name in ("short", "team's") for page in pages]
    found += [f"versions/{ids[name]}" for name in NAMES]
    found += [f"versions/{ids['short']}/{one}" for one in (*older, world.versions["huge"][0])]
    found += [f"versions/{ids['huge']}/{world.versions['huge'][0]}"]
    found += [f"permissions/{ids[name]}" for name in NAMES]
    found += [f"by-path/{path}" for path in PATHS]
    some = [ids[name] for name in NAMES]
    for chosen in (some, some[:2], some[::-1], [some[0], "none", some[0]], ["none"], [""]):
        found += [f"memories?ids={','.join(chosen)}{more}" for more in ("", "&content=none")]
    return [f"/superthread/{one}" for one in found]


@examples(40)
@given(data=st.data())
def test_a_group_of_all_kinds_is_answered_as_the_view_answers_each(many, settings, data):
    paths = _paths(many)
    drawn = st.tuples(st.sampled_from(CALLERS), st.sampled_from(paths))
    chosen = data.draw(st.lists(drawn, min_size=2, max_size=ROOM))
    questions = [(many.tokens[caller], path) for caller, path in chosen]
    settings.HUB_GROUPED_READS = True
    together = ask_together(uncached, questions)
    settings.HUB_GROUPED_READS = False
    assert together == [ask(uncached, *one) for one in questions]


def test_everything_that_can_be_asked_is_answered_alike_in_one_group(many, settings, together):
    token, paths = many.tokens["editor"], _paths(many)
    ask(uncached, token, paths[0])
    together.clear()
    answers = []
    for begin in range(0, len(paths), ROOM):
        answers += ask_together(uncached, [(token, path) for path in paths[begin : begin + ROOM]])
    assert [*map(len, together[:-1])] == [ROOM] * (len(paths) // ROOM)
    settings.HUB_GROUPED_READS = False
    for path, answer in zip(paths, answers, strict=True):
        assert ask(uncached, token, path) == answer, path
    assert {one.status for one in answers} == {200, 400, 403, 404}


def test_each_caller_has_a_group_and_nobody_waits_for_company(world, together):
    short, long = world.ids["short"], world.ids["long"]
    path = f"/superthread/memories/{short}"
    tokens = [world.tokens[name] for name in ("owner", "viewer")]
    answers = ask_together(uncached, [(one, path) for one in tokens * 3 + tokens[:1]])
    answers += ask_together(uncached, [(tokens[0], f"/superthread/memories/{long}")] * 2)
    assert {one.status for one in answers} == {200}
    assert together == [[short] * 4, [short] * 3, [long] * 2]
    tag = dict(answers[0].headers)[b"etag"].decode()
    assert ask(uncached, tokens[0], path, if_none_match=tag).status == 304
    assert together[3:] == [[short]]


def test_what_is_named_is_not_asked_of_the_view_one_by_one_and_lists_are(many, by_view, together):
    token, ids = many.tokens["owner"], many.ids
    paths = [f"/superthread/{kind}/{ids['short']}" for kind in ("versions", "permissions")]
    paths += [f"/superthread/versions/{ids['short']}/{many.versions['short'][-1]}"]
    paths += [f"/superthread/by-path/{PATHS[0]}", f"/superthread/memories?ids={ids['short']}"]
    answers = [ask(uncached, token, path) for path in paths]
    assert (len(together), by_view) == (len(paths), [])
    listed = ask(uncached, token, "/superthread/memories?limit=2")
    assert [one.body for (one,) in by_view] == [listed.body]
    assert {one.status for one in answers} == {200}


KINDS = {
    "details": [f"memories/{{{name}}}" for name in ("short", "long", "public", "offered")],
    "versions": [f"versions/{{{name}}}" for name in ("short", "long", "public", "offered")],
    "permissions": [f"permissions/{{{name}}}" for name in ("short", "long", "public", "offered")],
    "paths": [f"by-path/personal/{path}" for path in ("b.md", "notes/한글 one.md")],
    "lists of ids": [f"memories?ids={{{name}}}" for name in ("short", "long", "public", "offered")],
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_takes_as_many_statements_as_one(many, kind):
    token = many.tokens["owner"]
    paths = [f"/superthread/{one.format(**many.ids)}" for one in KINDS[kind]]

    def sent(asked):
        with CaptureQueriesContext(connection) as statements:
            ask_together(uncached, [(token, path) for path in asked])
        return len(statements)

    sent(paths)
    alone = sent(paths[:1])
    assert sent(paths) == sent(paths * 2) == alone
    assert 2 <= alone <= 3


def test_what_is_long_is_read_by_itself_and_whole(many, settings):
    """A megabyte in each of a group would be too much for one moment."""
    token, (version_id, *_) = many.tokens["owner"], many.versions["huge"]
    huge = many.ids["huge"]
    assert Memory.objects.get(doc_id=huge).size > 65_536
    paths = [f"/superthread/memories/{huge}", f"/superthread/versions/{huge}/{version_id}"] * 2
    together = ask_together(uncached, [(token, path) for path in paths])
    assert [len(orjson.loads(one.body)["content"]) for one in together] == [100_000] * 4
    settings.HUB_GROUPED_READS = False
    assert together == [ask(uncached, token, path) for path in paths]


@pytest.fixture
def longs(many, api):
    """Lists of ids of what is too long to be read with others, each of the same two memories."""
    owner = api("owner@example.com")
    ids = [owner.save(f"{number}" * 300_000)["doc_id"] for number in range(2)]
    for doc_id in ids:
        path, asked = f"/superthread/permissions/{doc_id}", {"editor@example.com": "editor"}
        assert owner.post(path, json={"permissions": asked}).status_code == 200
    Grant.objects.exclude(memory__doc_id=many.ids["offered"]).update(accepted=True)
    return [f"/superthread/memories?ids={','.join(one)}" for one in (ids, ids[::-1], ids)]


def test_what_a_long_list_of_ids_shows_is_counted_once(many, longs, settings):
    def counted(ask_all):
        tallies.take()
        answers = ask_all([(many.tokens["editor"], path) for path in longs])
        return [one.status for one in answers], tallies.take()

    together = counted(lambda questions: ask_together(uncached, questions))
    settings.HUB_GROUPED_READS = False
    assert together == counted(lambda questions: [ask(uncached, *one) for one in questions])
    assert {*together[0], *together[1].values()} == {200, len(longs)}


def test_plans_that_are_lost_in_a_long_list_fail_nobody(many, longs, monkeypatch):
    original, lost = named.row_of, []

    def lost_once(**how):
        if not lost:
            lost.append(True)
            raise PlansLost("by another connection")
        return original(**how)

    monkeypatch.setattr(named, "row_of", lost_once)
    paths = [longs[0], f"/superthread/memories/{many.ids['short']}"]
    answers = ask_together(uncached, [(many.tokens["owner"], path) for path in paths])
    assert ([one.status for one in answers], lost) == ([200, 200], [True])


def test_a_statement_reads_no_more_versions_than_it_may(many, monkeypatch):
    read, original = [], versions._newest
    monkeypatch.setattr(versions, "_newest", lambda count: read.append(count) or original(count))
    token, doc_id = many.tokens["owner"], many.ids["short"]
    asked = [f"/superthread/versions/{doc_id}?limit={limit}" for limit in (1, 50, 0, 1, 49, 2)]
    answers = ask_together(uncached, [(token, path) for path in asked])
    assert [one.status for one in answers] == [200, 200, 400, 200, 200, 200]
    # Two and fifty-one, then two, fifty and three.
    assert read == [51, 51]


def test_a_version_of_a_memory_that_is_hidden_is_not_even_fetched(many, api, monkeypatch):
    stranger = api("stranger@example.com")
    own, found = stranger.save("Mine.")["doc_id"], []
    original = versions._of_these

    def watched(alone):
        return lambda **names: found.append(original(alone)(**names)) or found[-1]

    monkeypatch.setattr(versions, "_of_these", watched)
    for version_id in (many.versions["huge"][0], many.versions["short"][0]):
        answer = ask(uncached, stranger.token, f"/superthread/versions/{own}/{version_id}")
        assert answer.status == 404
    assert found
    assert not any(found)


def _plans():
    """How often each prepared statement was run by its one plan, and by a plan of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
        return {name: Counter(once=once, anew=anew) for name, once, anew in cursor.fetchall()}


@pytest.mark.only_on("postgresql")
def test_what_is_named_is_planned_once_however_many_are_asked_for(many):
    token, ids, before = many.tokens["owner"], list(many.ids.values()), _plans()
    for _ in range(12):
        for asked in (ids[:1], ids):
            for kind in ("versions", "permissions", "memories"):
                ask_together(uncached, [(token, f"/superthread/{kind}/{one}") for one in asked])
        ask(uncached, token, "/superthread/memories?scope=all&tag=a/b")
        ask(uncached, token, f"/superthread/by-path/{PATHS[0]}")
    runs = {name: plans - before.get(name, Counter()) for name, plans in _plans().items()}
    assert sum(plans.total() > 10 for plans in runs.values()) >= 6
    # Five times it tries whether another plan each time is better.
    assert not [name for name, plans in runs.items() if plans["anew"] > 5]


def test_many_ids_are_not_all_read_by_one_statement(many, monkeypatch):
    asked, original = [], named.by_ids

    def watched(doc_ids, **how):
        asked.append(len(doc_ids))
        return original(doc_ids, **how)

    monkeypatch.setattr(named, "by_ids", watched)
    ids = [f"01a204fd-ca96-731c-b865-{number:012x}" for number in range(60)]
    path = f"/superthread/memories?ids={','.join(ids)}"
    answers = ask_together(uncached, [(many.tokens["owner"], path)] * 3)
    assert [orjson.loads(one.body)["missing"] for one in answers] == [ids] * 3
    assert asked == [60] * 3
