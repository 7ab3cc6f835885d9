"""The trash: what lies in it, what comes back, what is gone for good."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, Memory, Version
from superthread.services import lifecycle
from superthread.tests.access import matrix
from superthread.tests.access.matrix import CALLERS, SCOPES
from superthread.tests.access.worlds import to_trash, world

TRASH = "/superthread/trash"
DUE = timedelta(days=30)


def url(memory):
    return f"/superthread/memories/{memory['doc_id']}"


def trashed(client, **query):
    return client.get(TRASH, params=query).json()


def ids(page):
    return [memory["doc_id"] for memory in page["memories"]]


def test_a_deleted_memory_is_listed_with_when_and_by_whom(mina):
    memory = mina.save()
    assert trashed(mina) == {"memories": [], "count": 0, "next_cursor": None}
    mina.delete(url(memory))
    page = trashed(mina)
    (listed,) = page["memories"]
    assert page["count"] == 1
    assert listed["deleted_by"] == "mina@example.com"
    assert listed["deleted_at"] > memory["updated_at"]
    assert listed["purge_at"] > listed["deleted_at"]
    assert {name: listed[name] for name in memory} == memory


def test_the_latest_deletion_comes_first_and_pages_have_no_gaps(mina):
    memories = [mina.save(f"note {n}") for n in range(5)]
    order = [memories[n] for n in (2, 0, 4, 1, 3)]
    for memory in order:
        mina.delete(url(memory))
    expected = [memory["doc_id"] for memory in reversed(order)]
    first = trashed(mina, limit=2)
    # One that was shown goes, one that is new comes: neither moves what is still to be shown.
    mina.post(f"{url(order[-1])}/undelete")
    mina.delete(url(mina.save("later")))
    second = trashed(mina, limit=2, cursor=first["next_cursor"])
    third = trashed(mina, limit=2, cursor=second["next_cursor"])
    assert ids(first) + ids(second) + ids(third) == expected
    assert third["next_cursor"] is None


def test_memories_deleted_at_the_same_instant_page_without_gaps(mina):
    doc_ids = {mina.save(f"note {n}")["doc_id"] for n in range(5)}
    assert mina.post("/superthread/batch/delete", json={"doc_ids": list(doc_ids)}).is_success
    seen, cursor = [], None
    for _ in range(3):
        page = trashed(mina, limit=2, **({"cursor": cursor} if cursor else {}))
        seen, cursor = seen + ids(page), page["next_cursor"]
    assert (len(seen), set(seen), cursor) == (5, doc_ids, None)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=x", "scope=all"])
def test_a_bad_query_is_refused(mina, query):
    assert mina.get(f"{TRASH}?{query}").status_code == 400


def test_a_cursor_of_another_list_is_refused(mina):
    for n in range(2):
        mina.save(f"note {n}")
    cursor = mina.get("/superthread/memories?limit=1").json()["next_cursor"]
    assert mina.get(TRASH, params={"cursor": cursor}).status_code == 400


def test_the_trash_needs_a_credential_even_where_public_reading_is_open(nobody, settings):
    settings.HUB_PUBLIC_READ = True
    assert nobody.get(TRASH).status_code == 401


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_the_trash_lists_exactly_what_the_caller_may_undelete(api, name, scope):
    caller, email = CALLERS[name], "caller@example.com"
    client = api(email, is_superuser=caller.superuser)
    made = world(scope, caller, email)
    to_trash(made)
    listed = ids(trashed(client)) == [made.doc_id]
    may = client.post(f"/superthread/memories/{made.doc_id}/undelete").status_code == 200
    assert may == (caller.role(scope) >= matrix.ADMIN)
    assert listed == (may and not caller.offered)


def test_undelete_brings_everything_back(mina, api):
    memory = mina.save("Jun has the key.", metadata={"a": 1})
    mina.patch(url(memory), json={"content": "Mina has the key."})
    permissions = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(permissions, json={"permissions": {"jun@example.com": "editor"}})
    versions = f"/superthread/versions/{memory['doc_id']}"
    paths = [url(memory), permissions, versions]
    before = [mina.get(path).content for path in paths]
    jun = api("jun@example.com")
    jun.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})
    mina.delete(url(memory))
    search = {"query": "key"}
    assert jun.post("/superthread/search", json=search).json()["count"] == 0
    assert [mina.get(path).status_code for path in paths] == [404, 404, 404]
    assert mina.post(f"{url(memory)}/undelete").json() == mina.get(url(memory)).json()
    assert [mina.get(path).content for path in paths] == before
    assert jun.get(url(memory)).json()["role"] == "editor"
    assert jun.post("/superthread/search", json=search).json()["count"] == 1
    assert ids(trashed(mina)) == []


def test_what_is_not_in_the_trash_is_not_undeleted(mina):
    assert mina.post(f"{url(mina.save())}/undelete").status_code == 404


@pytest.mark.parametrize("in_trash", [False, True])
def test_a_purge_leaves_nothing_behind(mina, in_trash):
    memory, other = mina.save("Jun has the key."), mina.save("Mina has the other key.")
    grants = {"permissions": {"jun@example.com": "editor"}}
    mina.post(f"/superthread/permissions/{memory['doc_id']}", json=grants)
    pk = Memory.objects.get(doc_id=memory["doc_id"]).pk
    if in_trash:
        mina.delete(url(memory))
    assert mina.delete(f"{url(memory)}?permanent=true").status_code == 204
    assert not Version.objects.filter(memory_id=pk).exists()
    assert not Grant.objects.filter(memory_id=pk).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM superthread_search_document WHERE memory_id = %s", [pk]
        )
        assert cursor.fetchone() == (0,)
    assert mina.post(f"{url(memory)}/undelete").status_code == 404
    assert mina.get(url(other)).status_code == 200
    assert ids(trashed(mina)) == []


def test_a_purge_of_what_is_due_reads_no_text(mina):
    Memory.objects.filter(doc_id=mina.save("A long story.")["doc_id"]).update(
        deleted_at=timezone.now() - DUE
    )
    with CaptureQueriesContext(connection) as captured:
        call_command("purge_expired", stdout=StringIO())
    assert not Memory.objects.exists()
    assert not [one["sql"] for one in captured if '"content"' in one["sql"]]


def test_a_purged_id_is_never_used_again(mina):
    memory = mina.save()
    pk = Memory.objects.latest("pk").pk
    mina.delete(f"{url(memory)}?permanent=true")
    again = mina.save()
    assert again["doc_id"] != memory["doc_id"]
    assert Memory.objects.latest("pk").pk > pk


def test_after_thirty_days_a_memory_is_out_of_reach_and_then_purged(mina, capsys):
    old, young = mina.save("old"), mina.save("young")
    for memory in (old, young):
        mina.delete(url(memory))
    now = timezone.now()
    Memory.objects.filter(doc_id=old["doc_id"]).update(deleted_at=now - DUE)
    Memory.objects.filter(doc_id=young["doc_id"]).update(
        deleted_at=now - DUE + timedelta(minutes=1)
    )
    assert ids(trashed(mina)) == [young["doc_id"]]
    assert mina.post(f"{url(old)}/undelete").status_code == 404
    call_command("purge_expired")
    assert capsys.readouterr().out == "Purged 1 memories and 0 kept answers.\n"
    assert not Memory.objects.filter(doc_id=old["doc_id"]).exists()
    assert mina.post(f"{url(young)}/undelete").status_code == 200


def test_an_expired_memory_does_not_come_back_and_is_purged(mina):
    memory = mina.save(expires_at="2100-01-01T00:00:00Z")
    mina.delete(url(memory))
    Memory.objects.update(expires_at=timezone.now())
    assert ids(trashed(mina)) == []
    assert mina.post(f"{url(memory)}/undelete").status_code == 404
    call_command("purge_expired", stdout=StringIO())
    assert not Memory.objects.exists()


MICROSECOND = timedelta(microseconds=1)


def test_the_last_microsecond_of_the_thirty_days_still_counts(mina, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    gone, kept = mina.save("gone"), mina.save("kept")
    for memory, deleted in ((gone, now - DUE), (kept, now - DUE + MICROSECOND)):
        mina.delete(url(memory))
        Memory.objects.filter(doc_id=memory["doc_id"]).update(deleted_at=deleted)
    assert ids(trashed(mina)) == [kept["doc_id"]]
    assert mina.post(f"{url(gone)}/undelete").status_code == 404
    assert lifecycle.purge_due(by=OPERATOR) == 1
    assert mina.post(f"{url(kept)}/undelete").status_code == 200
    assert mina.get(url(kept)).status_code == 200


def test_a_memory_expires_at_its_instant_and_not_before(mina, monkeypatch):
    now = timezone.now()
    gone, kept = mina.save("gone", category="a"), mina.save("kept", category="a")
    for memory, expires in ((gone, now), (kept, now + MICROSECOND)):
        Memory.objects.filter(doc_id=memory["doc_id"]).update(expires_at=expires)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert [mina.get(url(memory)).status_code for memory in (gone, kept)] == [404, 200]
    listed = mina.get("/superthread/memories", params={"category": "a"}).json()["memories"]
    assert [memory["doc_id"] for memory in listed] == [kept["doc_id"]]
    assert lifecycle.purge_due(by=OPERATOR) == 1
