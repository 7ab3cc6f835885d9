"""Saving by path: what is there is changed, what is not is made, as conditions say."""

import pytest

from superthread.models import Memory

URL = "/superthread/by-path/personal"


def put(client, path, content, headers=None, **more):
    return client.put(f"{URL}/{path}", json={"content": content, **more}, headers=headers or {})


def test_a_put_makes_a_memory_and_the_next_one_changes_it(mina):
    made = put(mina, "notes/deploy.md", "Tuesdays.", category="plans", metadata={"a": 1})
    assert made.status_code == 201
    url = f"/superthread/memories/{made.json()['doc_id']}"
    assert made.headers["Location"] == url
    changed = put(mina, "notes/deploy.md", "Thursdays.")
    assert changed.status_code == 200
    told = changed.json()
    assert (told["content"], told["revision"], told["category"]) == ("Thursdays.", 2, "plans")
    assert told["metadata"] == {"a": 1}
    by_id = mina.get(url)
    by_path = mina.get(f"{URL}/notes/deploy.md")
    assert by_id.json() == by_path.json() == told
    assert by_id.headers["ETag"] == by_path.headers["ETag"] == changed.headers["ETag"]
    kept = mina.get(f"{URL}/notes/deploy.md", headers={"If-None-Match": by_id.headers["ETag"]})
    assert kept.status_code == 304


def test_every_spelling_of_a_path_is_one(mina):
    put(mina, "caf\u00e9/가", "A note.")
    for path in ("cafe\u0301/가", "caf%C3%A9%2F%EA%B0%80", "caf\u00e9/가/"):
        assert mina.get(f"{URL}/{path}").json()["content"] == "A note."
    assert put(mina, "cafe\u0301/가/", "Another.").status_code == 200
    # Compared exactly beside that.
    assert mina.get(f"{URL}/Caf\u00e9/가").status_code == 404
    assert put(mina, "Caf\u00e9/가.md", "Another.").json()["code"] == "path-taken"


def test_only_if_it_is_new(mina):
    new = {"If-None-Match": "*"}
    assert put(mina, "a", "1", new).status_code == 201
    answer = put(mina, "a", "2", new)
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")
    assert put(mina, "a", "2", {"If-None-Match": '"1"'}).status_code == 400
    assert mina.get(f"{URL}/a").json()["content"] == "1"


def test_only_if_it_is_what_was_read(mina):
    assert put(mina, "a", "1", {"If-Match": "*"}).status_code == 412
    assert put(mina, "a", "1", {"If-Match": '"1"'}).status_code == 412
    assert not Memory.objects.exists()
    tag = put(mina, "a", "1").headers["ETag"]
    assert put(mina, "a", "2", {"If-Match": tag}).status_code == 200
    stale = put(mina, "a", "3", {"If-Match": tag})
    assert (stale.status_code, stale.json()["current_revision"]) == (412, 2)
    assert put(mina, "a", "3", {"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("path", ["a//b", "x/" * 20 + "x", "%00", "a%0Ab", "가" * 342])
def test_what_is_no_path_is_not_there_and_cannot_be_made(mina, path):
    assert mina.get(f"{URL}/{path}").status_code in (400, 404)
    # No route has a line feed.
    assert put(mina, path, "A note.").status_code == (404 if "%0A" in path else 400)
    assert mina.delete(f"{URL}/{path}").status_code in (400, 404)


def test_a_delete_frees_the_path(mina):
    made = put(mina, "a", "1")
    assert mina.delete(f"{URL}/a", headers={"If-Match": '"9"'}).status_code == 412
    assert mina.delete(f"{URL}/a").status_code == 204
    assert mina.delete(f"{URL}/a").status_code == 404
    second = put(mina, "a", "2")
    assert second.status_code == 201
    assert second.json()["doc_id"] != made.json()["doc_id"]
    assert mina.delete(f"{URL}/a", params={"permanent": "true"}).status_code == 204
    assert Memory.objects.count() == 1


def test_an_answer_kept_is_outdated_by_whatever_happens_at_the_path(mina):
    made = put(mina, "a", "1").json()
    by_id = f"/superthread/memories/{made['doc_id']}"

    def seen(path="a"):
        return mina.get(f"{URL}/{path}").json().get("content")

    assert seen() == "1"
    mina.patch(by_id, json={"content": "2"})
    assert seen() == "2"
    mina.patch(by_id, json={"path": "b"})
    assert (seen(), seen("b")) == (None, "2")
    mina.patch(by_id, json={"scope": "public"})
    assert seen("b") is None
    mina.patch(by_id, json={"scope": "personal", "path": "a"})
    assert seen() == "2"
    mina.delete(by_id)
    assert seen() is None
    mina.post(f"{by_id}/undelete")
    assert seen() == "2"


def test_a_put_that_is_sent_again_is_carried_out_once(mina):
    key = {"Idempotency-Key": "one"}
    first, again = put(mina, "a", "1", key), put(mina, "a", "1", key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert put(mina, "b", "1", key).status_code == 422
    change = {"Idempotency-Key": "two"}
    assert put(mina, "a", "2", change).content == put(mina, "a", "2", change).content
    assert mina.get(f"{URL}/a").json()["revision"] == 2


def test_a_token_that_may_not_read_gets_a_receipt(mina, api):
    blind = api("mina@example.com", scopes=["memories:write"])
    made = put(blind, "a", "1")
    assert set(made.json()) == {"doc_id", "revision"}
