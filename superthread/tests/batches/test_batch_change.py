"""POST /superthread/batch/update and /superthread/batch/delete."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from superthread.models import Memory

UPDATE, DELETE = "/superthread/batch/update", "/superthread/batch/delete"
UNKNOWN = "0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a"


def update(client, *updates, **options):
    return client.post(UPDATE, json={"updates": list(updates), **options})


def delete(client, *doc_ids, **options):
    return client.post(DELETE, json={"doc_ids": list(doc_ids), **options})


def statuses(answer):
    return [result["status"] for result in answer.json()["results"]]


def read(client, memory):
    return client.get(f"/superthread/memories/{memory['doc_id']}").json()


@pytest.fixture
def shared(mina, api):
    """Mina's memories, on which Jun is administrator, editor, viewer and nobody."""
    memories = []
    for role in ("admin", "editor", "viewer", None):
        memory = mina.save(f"{role} of this")
        if role:
            grants = {"permissions": {"jun@example.com": role}}
            mina.post(f"/superthread/permissions/{memory['doc_id']}", json=grants)
        memories.append(memory)
    return memories


def test_updates_change_what_they_name_and_make_versions(mina):
    one, two, three = (mina.save(f"note {n}", metadata={"n": n}) for n in range(3))
    answer = update(
        mina,
        {"doc_id": three["doc_id"], "content": "third"},
        {"doc_id": one["doc_id"], "category": "decisions", "metadata": {}},
        {"doc_id": two["doc_id"], "expires_at": "2100-01-01T00:00:00Z"},
    )
    assert answer.status_code == 200
    assert statuses(answer) == [200, 200, 200]
    assert [result["revision"] for result in answer.json()["results"]] == [2, 2, 2]
    assert (answer.json()["updated_count"], answer.json()["failed_count"]) == (3, 0)
    after = [read(mina, memory) for memory in (one, two, three)]
    assert [memory["content"] for memory in after] == ["note 0", "note 1", "third"]
    assert [memory["title"] for memory in after] == ["note 0", "note 1", "third"]
    assert [memory["size"] for memory in after] == [6, 6, 5]
    assert [memory["category"] for memory in after] == ["decisions", "default", "default"]
    assert [memory["metadata"] for memory in after] == [{}, {"n": 1}, {"n": 2}]
    assert after[1]["expires_at"] == "2100-01-01T00:00:00.000000Z"
    for memory, numbers in ((one, [2, 1]), (two, [1]), (three, [2, 1])):
        versions = mina.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]
        assert [version["number"] for version in versions] == numbers
    assert [memory["created_at"] for memory in after] == [
        memory["created_at"] for memory in (one, two, three)
    ]


def test_a_batch_update_leaves_a_memory_as_a_patch_would(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    change = {
        "content": "e\u0301 and\nmore",
        "category": "ideas",
        "metadata": {"a": [1, 2.0, None]},
        "expires_at": "2100-01-01T00:00:00Z",
        "scope": "team",
        "team_key": "alpha",
    }
    alone, in_batch = mina.save("same"), mina.save("same")
    mina.patch(f"/superthread/memories/{alone['doc_id']}", json=change)
    assert statuses(update(mina, {"doc_id": in_batch["doc_id"], **change})) == [200]
    told_apart = {"doc_id", "created_at", "updated_at"}
    first, second = (
        {k: v for k, v in read(mina, memory).items() if k not in told_apart}
        for memory in (alone, in_batch)
    )
    assert first == second


def test_an_update_that_changes_nothing_makes_no_revision(mina):
    memory = mina.save("same")
    answer = update(mina, {"doc_id": memory["doc_id"], "content": "same"})
    assert answer.json()["results"][0]["revision"] == 1
    assert read(mina, memory) == memory


def test_a_stale_revision_is_refused_for_its_item_alone(mina):
    one, two = mina.save("one"), mina.save("two")
    answer = update(
        mina,
        {"doc_id": one["doc_id"], "revision": 1, "content": "one more"},
        {"doc_id": two["doc_id"], "revision": 2, "content": "two more"},
    )
    assert statuses(answer) == [200, 412]
    assert answer.json()["results"][1]["problem"]["current_revision"] == 1
    assert (read(mina, one)["content"], read(mina, two)["content"]) == ("one more", "two")


def test_updates_need_the_roles_that_they_need_alone(shared, api):
    jun = api("jun@example.com")
    answer = update(jun, *({"doc_id": one["doc_id"], "content": "Jun's"} for one in shared))
    assert statuses(answer) == [200, 200, 403, 404]
    placed = update(jun, *({"doc_id": one["doc_id"], "scope": "public"} for one in shared))
    assert statuses(placed) == [200, 403, 403, 404]


def test_bad_input_tells_strangers_nothing(shared, api):
    jun = api("jun@example.com")
    answer = update(jun, *({"doc_id": one["doc_id"], "content": ""} for one in shared))
    assert statuses(answer) == [400, 400, 403, 404]
    absent = update(jun, {"doc_id": UNKNOWN, "content": ""}, {"doc_id": "x", "content": "y"})
    hidden = answer.json()["results"][3]["problem"]
    for result in absent.json()["results"]:
        assert result["problem"] == hidden


def test_an_update_without_an_id_or_a_change_is_bad_input(mina):
    memory = mina.save()
    answer = update(mina, {"content": "x"}, {"doc_id": memory["doc_id"], "revision": 1}, 7)
    assert statuses(answer) == [400, 400, 400]
    assert answer.json()["results"][0]["problem"]["errors"][0]["pointer"] == "/updates/0/doc_id"


def test_an_atomic_update_with_a_stale_revision_changes_nothing(mina):
    one, two = mina.save("one"), mina.save("two")
    answer = update(
        mina,
        {"doc_id": one["doc_id"], "content": "changed"},
        {"doc_id": two["doc_id"], "revision": 9, "content": "changed"},
        atomic=True,
    )
    assert answer.status_code == 412
    assert statuses(answer) == [424, 412]
    assert read(mina, one) == one


def test_a_dry_run_changes_and_deletes_nothing(mina):
    memory = mina.save("one")
    changed = update(mina, {"doc_id": memory["doc_id"], "content": "two"}, dry_run=True)
    deleted = delete(mina, memory["doc_id"], UNKNOWN, dry_run=True)
    assert (statuses(changed), statuses(deleted)) == ([200], [204, 404])
    assert read(mina, memory) == memory


def test_deleting_moves_to_the_trash_what_the_caller_administers(shared, mina, api):
    jun = api("jun@example.com")
    answer = delete(jun, *(one["doc_id"] for one in shared), UNKNOWN, "x", 5)
    assert answer.status_code == 200
    assert statuses(answer) == [204, 403, 403, 404, 404, 404, 400]
    assert (answer.json()["deleted_count"], answer.json()["failed_count"]) == (1, 6)
    assert mina.get(f"/superthread/memories/{shared[0]['doc_id']}").status_code == 404
    undelete = f"/superthread/memories/{shared[0]['doc_id']}/undelete"
    assert mina.post(undelete).status_code == 200


def test_an_atomic_delete_with_an_unknown_id_deletes_nothing(mina):
    memory = mina.save()
    answer = delete(mina, memory["doc_id"], UNKNOWN, atomic=True)
    assert answer.status_code == 404
    assert read(mina, memory) == memory


def test_duplicate_ids_are_refused_as_a_whole(mina):
    memory = mina.save()
    doc_id = memory["doc_id"]
    assert delete(mina, doc_id, doc_id).status_code == 400
    twice = update(mina, {"doc_id": doc_id, "content": "a"}, {"doc_id": doc_id, "content": "b"})
    assert twice.status_code == 400
    assert twice.json()["errors"][0]["code"] == "duplicate-id"
    assert read(mina, memory) == memory


def test_statements_do_not_grow_with_the_items(mina, unfolded):
    items = [{"content": f"note {n}"} for n in range(1000)]
    saved = mina.post("/superthread/batch/save", json={"memories": items}).json()["results"]
    doc_ids = [result["doc_id"] for result in saved]

    def statements(send, *items):
        with CaptureQueriesContext(connection) as captured:
            assert set(statuses(send(mina, *items))) <= {200, 204}
        return len(captured)

    def changes(count, text):
        return [{"doc_id": doc_id, "content": text} for doc_id in doc_ids[:count]]

    two, many = (statements(update, *changes(n, word)) for n, word in ((2, "few"), (1000, "many")))
    assert two == many
    assert statements(update, *changes(1000, "all")) < 150
    two, rest = statements(delete, *doc_ids[:2]), statements(delete, *doc_ids[2:])
    assert two == rest
    assert not Memory.objects.filter(deleted_at=None).exists()


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_who_may_not_change_a_memory_waits_for_nobody_who_does(api, shared):
    held, over = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                Memory.objects.update(category="held")
                held.set()
                over.wait(30)
        finally:
            connection.close()

    writer = Thread(target=hold)
    writer.start()
    try:
        assert held.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        asked = [{"doc_id": memory["doc_id"], "category": "x"} for memory in shared[2:]]
        assert statuses(update(api("jun@example.com"), *asked)) == [403, 404]
    finally:
        over.set()
        writer.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
