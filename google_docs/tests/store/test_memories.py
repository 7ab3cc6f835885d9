"""The calls of the contract, over HTTP, with a double in Google's stead."""

import json

import pytest

from testing.google.server import BOOK

TEXT = "한국어와 emoji 👩‍👩‍👧, \U0001d11e and 👍🏽\n\nsecond line\n  third "
NO_ID = "1" + "x" * 43


def test_a_saved_memory_is_read_back_byte_for_byte(docs):
    answer = docs.post(
        "memories",
        json={"content": TEXT, "category": "결정", "metadata": {"from": {"a": [1, "나"]}}},
    )
    saved = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/google-docs/memories/{saved['doc_id']}"

    read = docs.get(f"memories/{saved['doc_id']}")
    assert read.json() == saved
    assert read.headers["etag"] == answer.headers["etag"]
    assert saved["content"] == TEXT
    assert (saved["category"], saved["metadata"]) == ("결정", {"from": {"a": [1, "나"]}})
    assert (saved["owner"], saved["role"], saved["size"]) == (
        "mina@example.com",
        "owner",
        len(TEXT.encode()),
    )
    assert saved["title"] == "한국어와 emoji 👩‍👩‍👧, \U0001d11e and 👍🏽"


def test_line_ends_are_kept_as_one_kind(docs):
    assert docs.save("a\r\nb\rc")["content"] == "a\nb\nc"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"content": ""}, "/content"),
        ({"content": "\u200b \n"}, "/content"),
        ({"content": "\ue000\x0c"}, "/content"),
        ({"content": 7}, "/content"),
        ({}, "/content"),
        ({"content": "a", "scope": "public"}, "/scope"),
        ({"content": "a", "scope": "team"}, "/team_key"),
        ({"content": "a", "scope": "team", "team_key": "unknown"}, "/team_key"),
        ({"content": "a", "team_key": "alpha"}, "/team_key"),
        ({"content": "a", "category": "긴" * 40}, "/category"),
        ({"content": "a", "category": "긴" * 38 + "abc"}, "/category"),
        ({"content": "a", "metadata": {"k": "v" * 9000}}, "/metadata"),
        ({"content": "a", "nonsense": 1}, "/nonsense"),
    ],
)
def test_what_cannot_be_saved_is_told_by_its_place_and_asks_nothing_of_google(
    docs, double, body, pointer
):
    answer = docs.post("memories", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert "drive.files.create" not in double.seen or pointer == "/category"
    assert not [file for file in double.world.files.values() if file.document]


def test_a_category_may_have_all_the_bytes_that_google_keeps(docs):
    category = "긴" * 38 + "ab"
    assert docs.save(category=category)["category"] == category


def test_a_memory_says_when_it_will_be_over(docs):
    saved = docs.save(expires_at="2099-12-31T23:59:59.000000Z")
    assert saved["expires_at"] == "2099-12-31T23:59:59.000000Z"
    assert docs.get("memories").json()["memories"][0]["expires_at"] == saved["expires_at"]
    assert docs.save("for ever")["expires_at"] is None


def test_what_was_saved_is_known_though_a_person_writes_over_its_description(docs, double):
    saved = docs.save("first", metadata={"n": 1})
    double.world.files[saved["doc_id"]].description = "All of it written over"
    read = docs.read(saved["doc_id"])
    assert (read["metadata"], read["owner"]) == ({"n": 1}, "mina@example.com")


def test_the_description_tells_another_project_all_about_the_memory(docs, double):
    saved = docs.save("first", category="plans", metadata={"n": 1})
    file = double.world.files[saved["doc_id"]]
    docs.patch(f"memories/{saved['doc_id']}", json={"metadata": {"n": 2}})
    introduction, line = file.description.split("\n")
    assert introduction == "A memory of Memory Hub; the line below belongs to it."
    assert json.loads(line) == {
        "mh": 1,
        "owner": "mina@example.com",
        "scope": "personal",
        "team_key": None,
        "category": "plans",
        "metadata": {"n": 2},
    }


def test_a_change_of_metadata_alone_changes_the_tag(docs):
    saved = docs.save()
    tag = docs.get(f"memories/{saved['doc_id']}").headers["etag"]
    docs.patch(f"memories/{saved['doc_id']}", json={"metadata": {"n": 1}})
    again = docs.get(f"memories/{saved['doc_id']}", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json()["metadata"] == {"n": 1}


def test_an_edit_in_googles_editor_makes_an_older_tag_stale(docs, double):
    saved = docs.save()
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    answer = docs.patch(
        f"memories/{saved['doc_id']}",
        json={"content": "mine"},
        headers={"If-Match": f'"{saved["revision"]}"'},
    )
    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("patch", {"json": {"category": "later"}}),
        ("delete", {}),
        ("delete", {"params": {"permanent": "true"}}),
    ],
)
def test_an_older_tag_stops_what_changes_no_text_as_well(docs, double, verb, options):
    saved = docs.save()
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    tag = {"If-Match": f'"{saved["revision"]}"'}
    answer = getattr(docs, verb)(f"memories/{saved['doc_id']}", headers=tag, **options)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-revision")
    read = docs.read(saved["doc_id"])
    assert (read["content"], read["category"]) == ("typed by hand", "default")


def test_who_is_told_of_an_older_tag_reads_the_present_text_at_once(docs, double):
    saved = docs.save()
    docs.read(saved["doc_id"])
    docs.read(saved["doc_id"])  # from what is kept
    double.world.edit_as_human(saved["doc_id"], "typed by hand")
    change = {"json": {"content": "mine"}, "headers": {"If-Match": f'"{saved["revision"]}"'}}
    assert docs.patch(f"memories/{saved['doc_id']}", **change).status_code == 412
    read = docs.read(saved["doc_id"])
    assert read["content"] == "typed by hand"
    change["headers"]["If-Match"] = f'"{read["revision"]}"'
    assert docs.patch(f"memories/{saved['doc_id']}", **change).status_code == 200


def test_a_deleted_memory_is_gone_and_lies_in_googles_trash(docs, double):
    saved = docs.save()
    assert docs.delete(f"memories/{saved['doc_id']}").status_code == 204
    assert docs.get(f"memories/{saved['doc_id']}").status_code == 404
    assert docs.get("memories").json()["memories"] == []
    assert double.world.files[saved["doc_id"]].trashed


def test_a_batch_deletes_each_as_if_it_came_alone(docs):
    ids = [docs.save(f"memory {n}")["doc_id"] for n in range(3)]
    body = docs.post("batch/delete", json={"doc_ids": [*ids[:2], NO_ID]}).json()
    assert [r["status"] for r in body["results"]] == [204, 204, 404]
    assert (body["deleted_count"], body["failed_count"]) == (2, 1)
    left = docs.get("memories").json()["memories"]
    assert [memory["doc_id"] for memory in left] == ids[2:]


def test_a_batch_of_none_or_too_many_is_refused_as_in_the_other_store(docs):
    for path, named in (("batch/save", "memories"), ("batch/delete", "doc_ids")):
        for items, code in (([], "empty"), ([f"item{n}" for n in range(101)], "too-many")):
            answer = docs.post(path, json={named: items})
            told = answer.json()["errors"][0]
            assert (answer.status_code, told["code"], told["pointer"]) == (400, code, f"/{named}")


def test_a_bad_item_of_a_batch_harms_no_other(docs):
    items = [{"content": "kept"}, "no object", {"content": "x", "owner": "jun"}, {"content": " "}]
    body = docs.post("batch/save", json={"memories": items}).json()
    assert [result["status"] for result in body["results"]] == [201, 400, 400, 400]
    assert _codes(body["results"][1:]) == ["invalid", "unknown-field", "blank"]
    assert len(docs.get("memories").json()["memories"]) == 1


def _codes(results):
    return [result["problem"]["errors"][0]["code"] for result in results]


def test_statistics_count_what_is_there(docs, double):
    docs.save("12345", category="a")
    docs.save("1234567", category="b")
    account = double.world.accounts["double@example.com"]
    assert docs.get("stats").json() == {
        "total_documents": 2,
        "total_size": 12,
        "storage_used": account.usage,
        "storage_limit": account.quota_limit,
        "average_size": 6.0,
        "members": 1,
        "teams": 0,
        "by_scope": {"personal": 2},
        "by_category": {"a": 1, "b": 1},
    }


def test_info_and_health_say_that_a_double_stands_in(docs):
    info = docs.get("info").json()
    assert info["double"] is True
    assert info["discovery"] == {a.document["name"]: a.document["revision"] for a in BOOK.apis}
    health = docs.get("health")
    assert health.status_code == 200
    assert health.json()["double"] is True
    assert health.json()["credentials"][0]["account"] == "double@example.com"


def test_a_path_answers_with_a_slash_too(docs):
    saved = docs.save()
    assert docs.get(f"memories/{saved['doc_id']}/").status_code == 200
    assert docs.post("search/", json={"query": "key"}).status_code == 200


def test_a_token_without_the_scope_is_refused_before_google_is_asked(docs, double, api):
    reader = api("mina@example.com", scopes=["docs:read"])
    before = len(double.seen)
    assert reader.post("/google-docs/memories", json={"content": "a"}).status_code == 403
    assert reader.post(f"/google-docs/permissions/{NO_ID}", json={}).status_code == 403
    other = api("jun@example.com", scopes=["memories:read"])
    assert other.get("/google-docs/memories").status_code == 403
    assert len(double.seen) == before


def test_without_a_credential_nothing_is_told(docs, nobody):
    assert nobody.get("/google-docs/memories").status_code == 401
    assert nobody.get("/google-docs/info").status_code == 401
