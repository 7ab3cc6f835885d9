"""Lists that lose nothing, show as little as wanted, and hold what is asked for."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from memory_hub.accounts.principal import principal_of
from superthread.models import Memory
from superthread.reads import bounded_pages
from superthread.services import lifecycle

LIST = "/superthread/memories"


def _page(client, **query):
    query = {"scope": "all", "limit": 100, **query}
    answer = client.get(
        LIST, params={name: value for name, value in query.items() if value is not None}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def _texts(client, **query):
    return [memory["content"] for memory in _page(client, **query)["memories"]]


def _url(memory):
    return f"{LIST}/{memory['doc_id']}"


def test_memories_of_one_moment_stand_on_one_page_each_whatever_their_scope(mina):
    saved = [mina.save(scope=scope) for scope in ("personal", "public") * 2]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    Memory.objects.update(created_at=moment, updated_at=moment)
    seen, cursor = [], None
    while cursor or not seen:
        page = _page(mina, limit=1, cursor=cursor)
        seen += [memory["doc_id"] for memory in page["memories"]]
        cursor = page["next_cursor"]
        assert len(seen) <= len(saved)
    assert sorted(seen) == sorted(memory["doc_id"] for memory in saved)


def test_a_copy_by_the_order_of_making_loses_nothing_while_others_write(mina):
    saved = [mina.save(f"memory {n}") for n in range(30)]
    copied, cursor = [], None
    for number in range(4):
        page = _page(mina, sort="created", limit=10, cursor=cursor)
        copied += [memory["doc_id"] for memory in page["memories"]]
        cursor = page["next_cursor"]
        if number == 0:
            # One of page 3: by the order of changes it would be gone from what comes now.
            mina.patch(_url(saved[5]), json={"content": "changed"})
            mina.save("new, at the top")
        if cursor is None:
            break
    assert copied == [memory["doc_id"] for memory in reversed(saved)]


def test_memories_are_read_by_their_ids_in_the_order_asked_for(mina, api):
    first, second = mina.save("first"), mina.save("second")
    foreign = api("jun@example.com").save("jun's")
    shared = api("jun@example.com").save("shared")
    url = f"/superthread/permissions/{shared['doc_id']}"
    api("jun@example.com").post(url, json={"permissions": {"mina@example.com": "viewer"}})
    ids = [second["doc_id"], foreign["doc_id"], "no-id", shared["doc_id"], first["doc_id"]]
    answer = mina.get(LIST, params={"ids": ",".join(ids)}).json()
    assert [memory["content"] for memory in answer["memories"]] == ["second", "shared", "first"]
    # A foreign one and one that there is not are the same.
    assert answer["missing"] == [foreign["doc_id"], "no-id"]
    # A kept answer follows what it holds.
    mina.patch(_url(first), json={"content": "changed"})
    again = mina.get(LIST, params={"ids": ",".join(ids)}).json()
    assert [memory["content"] for memory in again["memories"]] == ["second", "shared", "changed"]


def test_a_page_of_ids_that_would_be_too_long_goes_on(mina, monkeypatch):
    monkeypatch.setattr("superthread.reads.bounded_pages.PAGE_BYTES", 3_000)
    ids = [mina.save("x" * 1_000 + str(n))["doc_id"] for n in range(5)]
    found, cursor = [], None
    while True:
        query = {"ids": ",".join(ids)} | ({"cursor": cursor} if cursor else {})
        page = mina.get(LIST, params=query).json()
        found += [memory["doc_id"] for memory in page["memories"]]
        assert page["count"] < 5
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == ids


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"fields": "doc_id,title"}, {"doc_id", "title"}),
        ({"fields": "content"}, {"content"}),
        ({"fields": "content,size", "content": "summary"}, {"summary", "size"}),
        ({"fields": "content,size", "content": "none"}, {"size"}),
    ],
)
def test_an_answer_shows_as_little_as_is_wanted(mina, query, shown):
    memory = mina.save("word " * 100)
    assert set(_page(mina, **query)["memories"][0]) == shown
    assert set(mina.get(_url(memory), params=query).json()) == shown
    assert set(mina.patch(_url(memory), params=query, json={"category": "b"}).json()) == shown
    assert set(mina.post(LIST, params=query, json={"content": "x"}).json()) == shown
    body = {"query": "word", **query, "fields": query["fields"].split(",")}
    (found,) = mina.post("/superthread/search", json=body).json()["results"]
    assert set(found) == shown | {"score", "highlight"}
    similar = mina.get(f"{_url(memory)}/similar", params=query)
    assert similar.status_code == 200
    mina.delete(_url(memory))
    (trashed,) = mina.get("/superthread/trash", params=query).json()["memories"]
    assert set(trashed) == shown | {"deleted_at", "deleted_by", "purge_at"}


def test_a_summary_is_the_beginning_of_the_content_and_a_long_one_is_not_read_for_it(mina):
    mina.save("가나다 " * 17_500)
    (memory,) = _page(mina, content="summary")["memories"]
    assert memory["summary"] == "가나다 " * 75
    assert "content" not in memory


def test_filters_by_time_take_their_beginning_and_not_their_end(mina):
    first, second, third = (mina.save(text) for text in ("first", "second", "third"))
    mina.patch(_url(first), json={"content": "changed"})
    assert _texts(mina, created_from=second["created_at"]) == ["third", "second"]
    assert _texts(mina, created_before=second["created_at"]) == ["changed"]
    assert _texts(mina, updated_from=third["updated_at"]) == ["changed", "third"]
    between = {"created_from": second["created_at"], "created_before": third["created_at"]}
    assert _texts(mina, **between) == ["second"]


@pytest.mark.parametrize(
    "query",
    [
        {"fields": "doc_id,nothing"},
        {"fields": ""},
        {"fields": "title,title"},
        {"content": "half"},
        {"sort": "size"},
        {"created_from": "yesterday"},
        {"role": "king"},
        {"origin": "own,mine"},
        {"metadata": "{"},
        {"metadata": "{}"},
        {"metadata": '{"a": {"is": 1}}'},
        {"metadata": '{"a..b": {"exists": true}}'},
        {"metadata": '{"a": {"exists": 1}}'},
        {"ids": "a", "limit": "3"},
        {"category": "a", "categories": "b"},
        {"total": "true", "tag": "x"},
        {"ids": ",".join(map(str, range(101)))},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(mina, query):
    answer = mina.get(LIST, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input"), answer.text


def test_a_cursor_belongs_to_its_list(mina):
    for number in range(3):
        mina.save(f"memory {number}", category="a")
    cursor = _page(mina, limit=1)["next_cursor"]
    for query in ({"sort": "created"}, {"owner": "me"}, {"categories": "a"}):
        answer = mina.get(LIST, params={"scope": "all", "limit": 1, "cursor": cursor, **query})
        assert answer.status_code == 400


def test_pages_by_ids_lose_nothing_when_an_earlier_one_is_deleted(mina, monkeypatch):
    monkeypatch.setattr(bounded_pages, "PAGE_BYTES", 1_500)
    saved = [mina.save(f"{number} " + "x" * 400) for number in range(5)]
    query = {"ids": ",".join(memory["doc_id"] for memory in saved)}
    page = mina.get(LIST, params=query).json()
    seen = [memory["doc_id"] for memory in page["memories"]]
    assert 0 < len(seen) < 4
    mina.delete(_url(saved[0]))
    while page["next_cursor"]:
        page = mina.get(LIST, params={**query, "cursor": page["next_cursor"]}).json()
        seen += [memory["doc_id"] for memory in page["memories"]]
    assert seen == [memory["doc_id"] for memory in saved]


@pytest.mark.parametrize("filters", [{"owner": "me"}, {"role": "owner"}])
def test_a_memory_deleted_while_its_page_is_read_ends_no_list(mina, filters):
    saved = [mina.save(f"memory {number}") for number in range(6)]
    deleted = []

    def delete_one(execute, sql, *rest):
        result = execute(sql, *rest)
        if not deleted and "UNION" in sql:
            deleted.append(saved[3]["doc_id"])
            lifecycle.trash(doc_id=saved[3]["doc_id"], by=principal_of(mina.user, "session"))
        return result

    query = {"sort": "created", "limit": 2, **filters}
    with connection.execute_wrapper(delete_one):
        page = _page(mina, **query)
    assert deleted
    seen = page["memories"]
    while page["next_cursor"]:
        page = _page(mina, **query, cursor=page["next_cursor"])
        seen += page["memories"]
    lived = [memory["doc_id"] for memory in reversed(saved) if memory is not saved[3]]
    assert [memory["doc_id"] for memory in seen] == lived


def test_kept_counts_end_when_a_memory_expires_that_is_on_no_page(mina):
    soon = (datetime.now(UTC) + timedelta(milliseconds=900)).isoformat()
    mina.save("expires", expires_at=soon)
    mina.save("stays")
    questions = [
        ("/superthread/facets", {}, lambda told: told["categories"]["default"]),
        (LIST, {"limit": 1, "total": "true"}, lambda told: told["total"]),
    ]
    for path, query, count in questions:
        assert [count(mina.get(path, params=query).json()) for _ in range(2)] == [2, 2]
    # A moment of the wall clock, which no event tells.
    while datetime.now(UTC) <= datetime.fromisoformat(soon):
        time.sleep(0.01)
    for path, query, count in questions:
        assert count(mina.get(path, params=query).json()) == 1


def test_what_comes_back_is_shown_as_little_as_wanted_too(mina):
    memory = mina.save("first")
    mina.patch(_url(memory), json={"content": "second"})
    versions = mina.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]
    restore = f"/superthread/versions/{memory['doc_id']}/restore/{versions[-1]['version_id']}"
    mina.delete(_url(memory))
    for url in (f"{_url(memory)}/undelete", restore):
        shown = mina.post(url, params={"fields": "doc_id,content", "content": "summary"})
        assert (shown.status_code, set(shown.json())) == (200, {"doc_id", "summary"})
        refused = mina.post(url, params={"fields": "nothing"})
        assert refused.status_code == 400
