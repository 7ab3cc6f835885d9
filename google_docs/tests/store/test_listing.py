"""Lists and searches: what they show, what they never show, and how they cope with lag."""

import base64

import orjson
import pytest

from google_docs.store import listing, searching, selection


def _titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [memory["title"] for memory in answer.json()["memories"]]


def test_a_list_has_the_newest_change_first_and_pages_through_all(docs):
    saved = [docs.save(f"memory {n}") for n in range(7)]
    docs.patch(f"memories/{saved[2]['doc_id']}", json={"content": "memory 2 again"})

    seen, cursor = [], None
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        answer = docs.get("memories", params=query)
        seen += _titles(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break

    assert seen == ["memory 2 again", *(f"memory {n}" for n in (6, 5, 4, 3, 1, 0))]


def test_memories_of_one_moment_come_once_each_over_many_pages(docs, double):
    saved = [docs.save(f"memory {n}")["doc_id"] for n in range(5)]
    files = [double.world.files[doc_id] for doc_id in saved]
    for file in files[1:4]:
        file.modified = files[1].modified
    seen, query = [], {"limit": "1"}
    # So many requests at most, or it would go round and round.
    for _ in range(8):
        answer = docs.get("memories", params=query)
        seen += _titles(answer)
        query["cursor"] = answer.json()["next_cursor"]
        if query["cursor"] is None:
            break
    assert (seen[0], seen[-1]) == ("memory 4", "memory 0")
    assert sorted(seen[1:-1]) == ["memory 1", "memory 2", "memory 3"]


def test_writes_between_two_pages_neither_repeat_nor_hide_anything(docs):
    for n in range(4):
        docs.save(f"memory {n}")
    first = docs.get("memories", params={"limit": "2"})
    docs.save("a new one")
    second = docs.get("memories", params={"limit": "2", "cursor": first.json()["next_cursor"]})
    assert _titles(first) + _titles(second) == ["memory 3", "memory 2", "memory 1", "memory 0"]


def test_a_list_goes_on_behind_memories_that_are_over(docs, double):
    """Google keeps listing them, and a page of nothing else must not look like the last one."""
    docs.save("a live one")
    for number in range(7):
        doc_id = docs.save(f"memory {number}")["doc_id"]
        double.world.files[doc_id].properties["hub"]["exp"] = "2020-01-01T00:00:00+00:00"
    docs.save("the newest")

    titles, query = [], {"limit": "2"}
    for _ in range(5):
        answer = docs.get("memories", params=query)
        titles += _titles(answer)
        query["cursor"] = answer.json()["next_cursor"]
        if query["cursor"] is None:
            break
    assert titles == ["the newest", "a live one"]


def test_contents_come_only_when_asked_for(docs):
    docs.save("나는 둘째 줄이 있다\nyes")
    assert docs.get("memories").json()["memories"][0]["content"] is None
    shown = docs.get("memories", params={"include": "content"}).json()["memories"][0]
    assert (shown["content"], shown["exact"]) == ("나는 둘째 줄이 있다\nyes", True)


def test_a_category_narrows_a_list(docs):
    docs.save("one", category="it's a \\ category")
    docs.save("two", category="other")
    answer = docs.get("memories", params={"category": "it's a \\ category"})
    assert _titles(answer) == ["one"]


def test_foreign_trashed_moved_and_expired_files_are_no_memories(docs, double):
    ids = [docs.save(f"memory {n}")["doc_id"] for n in range(5)]
    files = [double.world.files[doc_id] for doc_id in ids]
    files[1].properties.clear()
    files[2].trashed = True
    files[3].parents = ["0Aelsewhere"]
    files[4].properties["hub"]["exp"] = "2020-01-01T00:00:00+00:00"

    assert _titles(docs.get("memories")) == ["memory 0"]
    for doc_id in ids[1:]:
        for verb in ("get", "delete"):
            assert getattr(docs, verb)(f"memories/{doc_id}").status_code == 404
        assert docs.patch(f"memories/{doc_id}", json={"content": "x"}).status_code == 404
        assert docs.get(f"permissions/{doc_id}").status_code == 404
        assert docs.post(f"versions/{doc_id}").status_code == 404
    assert [file.document.text for file in files[1:]] == [f"memory {n}" for n in range(1, 5)]
    missing = docs.get("memories/" + "1" * 44)
    assert docs.get(f"memories/{ids[1]}").json() | {"request_id": ""} == missing.json() | {
        "request_id": ""
    }


@pytest.mark.parametrize("doc_id", ["x", "a b", "'or'", "root", "1" * 200, "%2e%2e"])
def test_what_is_no_id_of_google_is_not_asked_for(docs, double, doc_id):
    docs.get("info")
    before = len(double.seen)
    assert docs.get(f"memories/{doc_id}").status_code == 404
    assert len(double.seen) == before


def test_a_memory_just_saved_is_listed_and_found_although_google_lags(docs, double):
    docs.save("an old one about keys", category="a")
    double.world.list_lag = double.world.text_lag = 3600
    docs.save("a new one about keys", category="a")
    docs.save("of another kind", category="b")

    listed = docs.get("memories", params={"category": "a"}).json()["memories"]
    assert {(m["title"], m.get("source")) for m in listed} >= {("a new one about keys", "recent")}
    assert "of another kind" not in {m["title"] for m in listed}
    found = docs.post("search", json={"query": "new keys"}).json()["results"]
    assert [(m["title"], m["source"]) for m in found] == [("a new one about keys", "recent")]


def test_a_memory_just_deleted_is_not_listed_although_google_lags(docs, double):
    saved = docs.save()
    docs.delete(f"memories/{saved['doc_id']}")
    # As a lagging list still has it.
    double.world.files[saved["doc_id"]].trashed = False
    assert _titles(docs.get("memories")) == []


def test_of_two_files_with_one_key_a_list_shows_one(docs, double):
    saved = docs.save("the only one")
    file = double.world.files[saved["doc_id"]]
    caller = double.world.caller(double.world.token("double@example.com"))
    twin = double.world.add_file(
        caller, name=file.name, mime=file.mime, parents=file.parents, document=file.document
    )
    twin.properties = {"hub": dict(file.properties["hub"])}
    assert _titles(docs.get("memories")) == ["the only one"]


def test_a_search_finds_whole_words_and_ranks_by_their_share(docs):
    docs.save("the key is under a stone, said nobody at all to nobody else")
    docs.save("the key")
    docs.save("monkey business")
    body = docs.post("search", json={"query": "key"}).json()
    assert body["results"][0]["title"] == "the key"
    assert body["count"] == 2
    assert "key" in body["results"][1]["highlight"]
    assert body["results"][0]["score"] > body["results"][1]["score"]


def test_a_phrase_in_quotes_is_found_as_one(docs):
    docs.save("red green blue")
    docs.save("green red blue")
    found = docs.post("search", json={"query": '"red green"'}).json()["results"]
    assert "red green blue" in [memory["content"] for memory in found]


def test_a_search_pages_through_all_of_it(docs):
    for n in range(5):
        docs.save(f"key number {n}")
    seen, cursor = set(), None
    for _ in range(6):
        body = {"query": "key", "limit": 2} | ({"cursor": cursor} if cursor else {})
        found = docs.post("search", json=body).json()
        seen |= {memory["title"] for memory in found["results"]}
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert seen == {f"key number {n}" for n in range(5)}


@pytest.mark.parametrize("query", ["it's", "back\\slash", "a' or trashed=true or name='x", '"\'"'])
def test_a_query_is_a_text_and_never_part_of_googles_grammar(docs, query):
    docs.save("nothing of it")
    answer = docs.post("search", json={"query": query})
    assert answer.status_code == 200
    assert answer.json()["results"] == []


@pytest.mark.parametrize("depth", [500, 4500])
def test_a_cursor_of_nothing_but_brackets_is_refused(docs, depth):
    cursor = base64.urlsafe_b64encode(b"[" * depth).decode()
    listed = docs.get("memories", params={"cursor": cursor})
    found = docs.post("search", json={"query": "key", "cursor": cursor})
    assert (listed.status_code, found.status_code) == (400, 400)


def test_a_cursor_tells_nothing_of_the_place_it_stands_for(docs):
    ids = [docs.save(f"key number {n}")["doc_id"] for n in range(3)]
    listed = docs.get("memories", params={"limit": "1"}).json()
    found = docs.post("search", json={"query": "key", "limit": 1}).json()
    for page in (listed, found):
        cursor = page["next_cursor"]
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert not any(doc_id.encode() in told for doc_id in ids)
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(told)


def test_a_cursor_of_another_list_or_person_is_refused(docs, api):
    for n in range(3):
        docs.save(f"key number {n}")
    listed = docs.get("memories", params={"limit": "1"}).json()["next_cursor"]
    found = docs.post("search", json={"query": "key", "limit": 1}).json()["next_cursor"]
    jun = api("jun@example.com")
    search = {"query": "key", "limit": 1}
    refused = [
        docs.get("memories", params={"cursor": found}),
        docs.get("memories", params={"cursor": listed, "category": "other"}),
        docs.post("search", json=search | {"cursor": listed}),
        docs.post("search", json=search | {"cursor": found, "query": "number"}),
        jun.get("/google-docs/memories", params={"cursor": listed}),
        jun.post("/google-docs/search", json=search | {"cursor": found}),
    ]
    errors = [(answer.status_code, answer.json()["errors"][0]) for answer in refused]
    assert {(status, error["code"]) for status, error in errors} == {(400, "bad-cursor")}
    assert docs.post("search", json=search | {"cursor": found}).status_code == 200
    assert errors[2][1]["pointer"] == "/cursor"


@pytest.fixture
def room_for_two(monkeypatch):
    """A page has room for two notes of ten bytes."""
    monkeypatch.setattr(listing, "PAGE_BYTES", 25)
    monkeypatch.setattr(searching, "PAGE_BYTES", 25)
    monkeypatch.setattr(selection, "READ_AT_ONCE", 3)


def test_pages_with_contents_end_at_their_bytes_and_leave_none_out(docs, room_for_two):
    for n in range(5):
        docs.save(f"memory   {n}")
    pages, query = [], {"include": "content"}
    while query.get("cursor") or not pages:
        answer = docs.get("memories", params=query)
        pages.append(_titles(answer))
        assert None not in [memory["content"] for memory in answer.json()["memories"]]
        query["cursor"] = answer.json()["next_cursor"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [title[-1] for page in pages for title in page] == ["4", "3", "2", "1", "0"]
    # Without contents there is room for all.
    assert len(_titles(docs.get("memories"))) == 5


def test_a_memory_of_more_bytes_than_a_page_is_a_page(docs, room_for_two):
    docs.save("a long one " + "x" * 100)
    docs.save("short")
    query = {"include": "content"}
    first = docs.get("memories", params=query).json()
    second = docs.get("memories", params=query | {"cursor": first["next_cursor"]}).json()
    assert [page["count"] for page in (first, second)] == [1, 1]
    assert second["memories"][0]["size"] == 111


def test_what_a_search_has_no_room_for_is_told_without_its_content(docs, room_for_two):
    for n in range(5):
        docs.save(f"harbour  {n}")
    found = docs.post("search", json={"query": "harbour"}).json()["results"]
    assert len(found) == 5
    left = [result for result in found if result["content"] is None]
    assert len(left) == 3
    assert {result["unreadable"]["code"] for result in left} == {"answer-full"}
    assert all(result["highlight"].startswith("harbour") and result["score"] for result in left)
