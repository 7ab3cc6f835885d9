"""Reads that are carried out together, of several callers at once, in real threads."""

import asyncio
import threading

import orjson
import pytest
from django.db import DataError, OperationalError, connections

from memory_hub.caching.tests.exchange import ask, ask_together, asking, uncached
from superthread.models import Grant
from superthread.views import memories
from superthread.views.memories import MemoryView
from testing.clients.in_process import _loop, client_for
from testing.clients.late import PATIENCE, own_threads

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ROLES = ("viewer", "editor", "admin")
JSON = "application/json"
STATUS = {True: 200, False: 503}


def _path(doc_id):
    return f"/superthread/memories/{doc_id}"


@pytest.fixture
def people():
    """Clients by what they are on the memories of `owner`."""
    with own_threads(4):
        yield {name: client_for(f"{name}@example.com") for name in (*ROLES, "owner", "stranger")}


@pytest.fixture
def ids(people):
    """Ids of four memories of the owner, which the others may read by their roles; all tokens are
    known to the process."""
    owner = people["owner"]
    found = [owner.save(f"Number {number}.")["doc_id"] for number in range(4)]
    grants = {f"{role}@example.com": role for role in ROLES}
    for doc_id in found:
        path = f"/superthread/permissions/{doc_id}"
        assert owner.post(path, json={"permissions": grants}).status_code == 200
    Grant.objects.update(accepted=True)
    for one in people.values():
        one.get("/superthread/info")
    return found


def test_nobody_gets_what_another_caller_asked_for(people, ids):
    expected = {name: name for name in (*ROLES, "owner")}
    questions = [(name, doc_id) for doc_id in ids * 2 for name in people]
    for turn in range(4):
        asked = questions[turn:] + questions[:turn]
        answers = ask_together(uncached, [(people[name].token, _path(id)) for name, id in asked])
        for (name, doc_id), answer in zip(asked, answers, strict=True):
            told = orjson.loads(answer.body)
            if name in expected:
                assert (told["role"], told["doc_id"]) == (expected[name], doc_id)
            else:
                assert answer.status == 404


@pytest.fixture
def reading(monkeypatch):
    """``reading(hook)``: the hook is called with who asks before each statement of a group."""
    original = MemoryView.found

    def with_hook(hook):
        def hooked(views, *, alone=False):
            if not alone:
                hook(views[0].principal.email)
            return original(views, alone=alone)

        monkeypatch.setattr(MemoryView, "found", staticmethod(hooked))

    return with_hook


def test_the_database_that_fails_one_caller_fails_no_other_one(people, ids, reading):
    def hook(email):
        if email == "editor@example.com":
            raise OperationalError("the connection was lost")

    reading(hook)
    names = ("viewer", "editor", "admin") * 3
    answers = ask_together(uncached, [(people[name].token, _path(ids[0])) for name in names])
    assert [one.status for one in answers] == [STATUS[name != "editor"] for name in names]
    assert {orjson.loads(one.body).get("code") for one in answers} == {None, "unavailable"}


def test_a_group_that_fails_for_what_is_in_it_is_read_one_by_one(people, ids, reading):
    def hook(email):
        raise DataError("of one of them")

    reading(hook)
    token = people["viewer"].token
    answers = ask_together(uncached, [(token, _path(one)) for one in ids])
    assert {one.status for one in answers} == {200}


def test_a_read_that_takes_long_holds_neither_others_nor_those_behind_it(people, ids, reading):
    reached, gate = threading.Event(), threading.Event()

    def hook(email):
        if email == "viewer@example.com" and not reached.is_set():
            reached.set()
            assert gate.wait(PATIENCE)

    reading(hook)
    slow, quick = people["viewer"].token, people["editor"].token
    connections.close_all()

    async def meanwhile():
        first = asyncio.ensure_future(asking(uncached, slow, _path(ids[0])))
        assert await asyncio.to_thread(reached.wait, PATIENCE)
        # One after the other: the pool of tests has two connections, of which one is held.
        answers = [await asking(uncached, one, _path(ids[1])) for one in (slow, quick)]
        assert not first.done()
        gate.set()
        return [*answers, await first]

    try:
        answers = _loop.run_until_complete(meanwhile())
    finally:
        gate.set()
    assert [orjson.loads(one.body)["role"] for one in answers] == ["viewer", "editor", "viewer"]


def test_what_a_caller_loses_is_not_in_the_next_answer(people, ids):
    token, path = people["viewer"].token, _path(ids[0])
    assert ask(uncached, token, path).status == 200
    Grant.objects.filter(email="viewer@example.com").delete()
    assert ask(uncached, token, path).status == 404


def test_a_list_has_all_that_was_there_when_it_was_asked_for(people, monkeypatch):
    owner, original = people["owner"], memories.listed
    reached, gate = threading.Event(), threading.Event()

    def held_once(*args, **kwargs):
        found = original(*args, **kwargs)
        if not reached.is_set():
            reached.set()
            assert gate.wait(PATIENCE)
        return found

    owner.save("Before.")
    monkeypatch.setattr(memories, "listed", held_once)
    question = (owner.token, "/superthread/memories?limit=20")
    connections.close_all()

    async def meanwhile():
        first = asyncio.ensure_future(asking(uncached, *question))
        assert await asyncio.to_thread(reached.wait, PATIENCE)
        # What the first one answers has been read; the others wait for the same line.
        body = orjson.dumps({"content": "Between."})
        path = "/superthread/memories"
        saved = await asking(uncached, owner.token, path, "POST", body, content_type=JSON)
        assert saved.status == 201
        others = [asyncio.ensure_future(asking(uncached, *question)) for _ in range(2)]
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(first, *others)

    try:
        answers = _loop.run_until_complete(meanwhile())
    finally:
        gate.set()
    counts = [orjson.loads(one.body)["count"] for one in answers]
    assert counts == [1, 2, 2]
