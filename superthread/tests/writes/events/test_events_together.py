"""Events of writes that go together, in parts, or not at all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from memory_hub.accounts.principal import principal_of
from memory_hub.core.identity import HUB, Actor, Origin, Via
from memory_hub.events import telling
from superthread.events import MemoryChanged, MemoryKind
from superthread.models import Memory
from superthread.services import lifecycle, save
from superthread.store_terms import Draft
from superthread.tests.writes.events.as_told import read
from superthread.tests.writes.events.every_write import JUN
from testing.telling import recording


def test_what_is_purged_in_parts_is_purged_once(mina):
    """Out of reach at once, by the owner; and gone for good when all of it is."""
    saved = mina.save("one")
    url = f"/superthread/memories/{saved['doc_id']}"
    mina.patch(url, json={"content": "two"})
    with pytest.MonkeyPatch.context() as patch, recording() as events:
        patch.setattr(lifecycle, "PURGED_BYTES", 4)
        assert mina.delete(f"{url}?permanent=true").status_code == 204
    kinds = [event.kind for event in events]
    assert kinds[0] is MemoryKind.TRASHED
    assert kinds.count(MemoryKind.PURGED) == 1
    assert {event.actor.user_id for event in events} == {mina.user.pk}


def test_the_hub_itself_is_told_apart_from_whoever_stands_at_the_machine(mina):
    mina.save("Soon over.")
    Memory.objects.update(expires_at=timezone.now() + timedelta(seconds=1))
    with recording() as events, TestCase.captureOnCommitCallbacks(execute=True):
        assert lifecycle.purge_due(by=HUB, now=timezone.now() + timedelta(days=1)) == 1
    assert [read(event) for event in events] == ["memory expired"]
    assert (events[0].actor, events[0].origin.via) == (Actor(), Via.HUB)


def test_the_leader_of_a_group_commit_tells_who_saved_what(mina, api):
    people = [mina.user, api(JUN).user]
    origins = [Origin(Via.REST, f"request-{number}") for number in range(2)]
    callers = [principal_of(*who) for who in zip(people, ["session"] * 2, origins, strict=True)]
    prepared = [save.prepare([Draft("A note.")], by=by) for by in callers]
    with recording() as events, mina.threads.committing():
        save._store_group(prepared)
    assert [event.actor for event in events] == [Actor(user.pk) for user in people]
    assert [event.origin for event in events] == origins
    assert [event.memory["owner_id"] for event in events] == [user.pk for user in people]


def test_what_subscribers_write_goes_in_the_round_trip_of_the_index(mina, monkeypatch):
    """A row about a change costs no further round trip."""

    @telling.hears(MemoryChanged)
    def record(events):
        return [("UPDATE superthread_search_fresh SET known = known", [])] * len(events)

    def save():
        with CaptureQueriesContext(connection) as captured:
            mina.save("Jun has the key.")
        sent = [query["sql"] for query in captured.captured_queries]
        # Keys for further memories are taken ahead now and then.
        return [sql for sql in sent if "nextval" not in sql]

    save()
    before = save()
    named = (*telling.subscribers(), record)
    monkeypatch.setattr(telling, "subscribers", lambda: named)
    after = save()
    assert len(after) == len(before)
    assert "SET known = known" in [sql for sql in after if "SAVEPOINT" not in sql][-1]
