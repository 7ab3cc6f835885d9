"""Putting, reading and deleting items."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.langgraph.tests.store import ITEMS, Store
from superthread.models import Memory
from testing.journaling import journaling

ANN = ["memories", "ann"]


def test_an_item_is_read_as_it_was_put(store):
    store.put(ANN, "k1", {"a": 1})
    item = store.get(ANN, "k1")
    assert item.pop("created_at") == item.pop("updated_at")
    assert item == {"namespace": ANN, "key": "k1", "value": {"a": 1}}


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"deep": {"list": [1, 2.5, True, None, {"x": []}]}},
        {"한국어": "차를 좋아해요", "emoji": "🍵"},
        {"lines": "first\nsecond\tthird", "quote": 'say "hi" \\ back'},
        {"nfd": "e\u0301", "nfc": "\u00e9", "e\u0301": 1, "\u00e9": 2},
        {"number": 2**63 - 1, "small": -0.5, "one": 1, "yes": True},
        {"looks like": '}\n\n{"a": 1}'},
        {"marks": "a" + "\u0301" * 200 + "\n"},
    ],
)
def test_any_object_comes_back_byte_for_byte(store, value):
    store.put(ANN, "k1", value)
    assert store.value(ANN, "k1") == value
    assert list(store.value(ANN, "k1")) == list(value)


def test_what_is_there_gets_the_new_value_and_a_version(store, mina):
    store.put(ANN, "k1", {"a": 1})
    first = store.get(ANN, "k1")
    store.put(ANN, "k1", {"b": 2})
    second = store.get(ANN, "k1")
    assert second["value"] == {"b": 2}
    assert second["created_at"] == first["created_at"]
    assert second["updated_at"] > first["updated_at"]
    doc_id = str(Memory.objects.get().doc_id)
    assert len(mina.get(f"/superthread/versions/{doc_id}").json()["versions"]) == 2


def test_a_put_that_is_sent_again_changes_nothing(store):
    store.put(ANN, "k1", {"a": 1})
    first = store.get(ANN, "k1")
    store.put(ANN, "k1", {"a": 1})
    assert store.get(ANN, "k1") == first
    assert Memory.objects.get().revision == 1


def test_true_in_the_place_of_one_is_another_value(store):
    store.put(ANN, "k1", {"a": 1})
    store.put(ANN, "k1", {"a": True})
    assert store.value(ANN, "k1")["a"] is True


def test_what_is_not_there_is_null(store):
    answer = store.try_get(ANN, "k1")
    assert (answer.status_code, answer.content) == (200, b"null")


def test_what_is_deleted_is_not_there_and_can_be_brought_back(store, mina):
    store.put(ANN, "k1", {"a": 1})
    for _ in range(2):
        answer = store.delete(ANN, "k1")
        assert (answer.status_code, answer.content) == (204, b"")
    assert store.get(ANN, "k1") is None
    (trashed,) = mina.get("/superthread/trash").json()["memories"]
    assert mina.post(f"/superthread/memories/{trashed['doc_id']}/undelete").status_code == 200
    assert store.value(ANN, "k1") == {"a": 1}


def test_a_label_with_a_dot_that_is_deleted_is_no_two_labels(store):
    store.put(["a", "b"], "k1", {"a": 1})
    assert store.delete(["a.b"], "k1").status_code == 204
    assert store.value(["a", "b"], "k1") == {"a": 1}


def test_an_item_is_a_personal_memory_at_a_path(store, mina):
    store.put(["memories", "Ann"], "k1", {"text": "likes tea", "n": 1})
    path = "langgraph/memories/~41nn/k1.json"
    memory = mina.get(f"/superthread/by-path/personal/{path}").json()
    assert (memory["scope"], memory["category"]) == ("personal", "default")
    assert memory["title"] == "likes tea"
    assert memory["content"] == '{\n  "text": "likes tea",\n  "n": 1\n}'


def test_what_a_person_changed_is_the_value(store, mina):
    store.put(ANN, "k1", {"a": 1})
    path = "/superthread/by-path/personal/langgraph/memories/ann/k1.json"
    mina.put(path, json={"content": '{"a": 2}'})
    assert store.value(ANN, "k1") == {"a": 2}
    mina.put(path, json={"content": "Ann likes tea."})
    assert store.value(ANN, "k1") == {"content": "Ann likes tea."}


def test_an_item_that_lives_for_some_minutes_is_gone_afterwards(store):
    store.put(ANN, "k1", {"a": 1}, ttl=60)
    left = Memory.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(minutes=60)
    Memory.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert store.get(ANN, "k1") is None
    assert store.search([]) == []
    assert store.namespaces() == []
    store.put(ANN, "k1", {"a": 2})
    assert store.value(ANN, "k1") == {"a": 2}


def test_a_put_without_a_time_lives_on(store):
    store.put(ANN, "k1", {"a": 1}, ttl=0.5)
    store.put(ANN, "k1", {"a": 1})
    assert Memory.objects.get().expires_at is None


def aged(minutes):
    """The only item, as if as many minutes of its life were over."""
    memory = Memory.objects.get()
    until = memory.expires_at - timedelta(minutes=minutes)
    Memory.objects.update(expires_at=until)
    return until


def test_reading_begins_the_time_anew_unless_told_otherwise(store):
    store.put(ANN, "k1", {"a": 1}, ttl=60)
    until = aged(30)
    store.get(ANN, "k1", refresh_ttl="false")
    store.search(ANN, refresh_ttl=False)
    assert Memory.objects.get().expires_at == until
    for read in (
        lambda: store.get(ANN, "k1"),
        lambda: store.get(ANN, "k1", refresh_ttl="true"),
        lambda: store.search(ANN),
        lambda: store.search(ANN, refresh_ttl=True),
    ):
        until = aged(10)
        read()
        assert Memory.objects.get().expires_at > until
    assert Memory.objects.get().version == 1


def test_a_token_that_may_only_read_makes_nothing_live_longer(store, api):
    store.put(ANN, "k1", {"a": 1}, ttl=60)
    until = aged(30)
    reader = Store(api("mina@example.com", scopes=["memories:read"]))
    assert reader.value(ANN, "k1") == {"a": 1}
    assert Memory.objects.get().expires_at == until


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"namespace": []}, "/namespace"),
        ({"namespace": ["a", ""]}, "/namespace"),
        ({"namespace": ["a.b"]}, "/namespace"),
        ({"namespace": "a"}, "/namespace"),
        ({"namespace": [1]}, "/namespace/0"),
        ({"namespace": ["a"] * 19}, "/key"),
        ({"key": "k" * 1024}, "/key"),
        ({"key": 1}, "/key"),
        ({"value": [1]}, "/value"),
        ({"value": None}, "/value"),
        ({"value": {"a": "x" * 2**20}}, "/value"),
        ({"ttl": 0}, "/ttl"),
        ({"ttl": True}, "/ttl"),
        ({"ttl": "60"}, "/ttl"),
        ({"index": True}, "/index"),
        ({"index": [1]}, "/index"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_can_be_no_item_is_refused_and_leaves_nothing(store, body, pointer):
    item = {"namespace": ANN, "key": "k1", "value": {"a": 1}} | body
    answer = store.client.put(ITEMS, json=item)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert not Memory.objects.exists()


@pytest.mark.parametrize(
    "query", ["key=k1", "key=k1&namespace=", "key=k1&namespace=a..b", "namespace=a"]
)
def test_a_get_without_a_name_is_refused(mina, query):
    answer = mina.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_null_is_as_good_as_left_out(store):
    store.put(ANN, "k1", {"a": 1}, index=None, ttl=None)
    assert store.keys(ANN, filter=None, query=None, refresh_ttl=None) == ["k1"]
    assert store.namespaces(prefix=None, suffix=None, max_depth=None) == [ANN]


def test_a_slash_at_the_end_is_the_same_path_and_never_a_redirect(mina):
    body = {"namespace": ANN, "key": "k1", "value": {}}
    assert mina.put(f"{ITEMS}/", json=body).status_code == 204


def test_without_a_credential_it_is_401_with_words(nobody):
    answer = nobody.get(ITEMS, params={"key": "k", "namespace": "a"})
    assert answer.status_code == 401
    assert answer.json()["detail"]


def test_the_journal_knows_the_door(store):
    with journaling() as entries:
        store.put(ANN, "k1", {"a": 1})
    assert [(one.kind, one.via) for one in entries] == [("memory.created", "langgraph")]
