"""A token that may write and not read gets nothing to read: the id and the revision."""

import pytest

MEMORIES = "/superthread/memories"
RECEIPT = {"doc_id", "revision"}


@pytest.fixture
def writer(api):
    return api("mina@example.com", scopes=["memories:write", "memories:share"])


@pytest.fixture
def memory(mina):
    """A memory with an older text, in a category that the writer is not told."""
    memory = mina.save("The old secret.", category="plans", metadata={"from": "sora"})
    mina.patch(f"{MEMORIES}/{memory['doc_id']}", json={"content": "The new secret."})
    return memory


def is_receipt(answer, revision) -> bool:
    tag = f'"{revision}"' if "ETag" in answer.headers else None
    told = {**answer.json(), "etag": answer.headers.get("ETag")}
    return (
        answer.is_success
        and "secret" not in answer.text
        and told == {"doc_id": told["doc_id"], "revision": revision, "etag": tag}
    )


def test_a_save_answers_with_its_id_and_revision(writer):
    answer = writer.post(MEMORIES, json={"content": "Jun has the key."})
    assert (answer.status_code, set(answer.json())) == (201, RECEIPT)
    assert answer.headers["Location"] == f"{MEMORIES}/{answer.json()['doc_id']}"
    assert is_receipt(answer, 1)


def test_no_write_tells_what_a_memory_holds(mina, writer, memory):
    url = f"{MEMORIES}/{memory['doc_id']}"
    versions = f"/superthread/versions/{memory['doc_id']}"
    first = mina.get(versions).json()["versions"][-1]["version_id"]
    assert is_receipt(writer.patch(url, json={"category": "plans"}), 2)  # changes nothing
    assert is_receipt(writer.patch(url, json={"category": "notes"}), 3)
    assert is_receipt(writer.post(f"{versions}/restore/{first}"), 4)
    writer.delete(url)
    assert is_receipt(writer.post(f"{url}/undelete"), 4)


def test_a_named_version_is_told_by_its_number(writer, memory):
    answer = writer.post(f"/superthread/versions/{memory['doc_id']}?description=then")
    assert (answer.status_code, set(answer.json())) == (201, {"version_id", "number"})


def test_sharing_does_not_tell_who_else_has_a_role(mina, writer, memory):
    url = f"/superthread/permissions/{memory['doc_id']}"
    mina.post(url, json={"permissions": {"sora@example.com": "viewer"}})
    answer = writer.post(url, json={"permissions": {"jun@example.com": "editor"}})
    assert (answer.status_code, answer.json()) == (200, {"doc_id": memory["doc_id"]})
    assert mina.get(url).json()["permissions"] == {
        "jun@example.com": "editor",
        "sora@example.com": "viewer",
    }


def test_what_says_the_same_is_told_to_readers_only(mina, writer, memory):
    answer = writer.post(f"{MEMORIES}?report_duplicates=true", json={"content": "The new secret."})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")
    assert mina.get("/superthread/stats").json()["total_documents"] == 1


def test_batches_tell_ids_and_revisions(writer, memory):
    batch = {"updates": [{"doc_id": memory["doc_id"], "category": "plans"}]}
    result = writer.post("/superthread/batch/update", json=batch).json()["results"][0]
    assert result == {"index": 0, "status": 200, "doc_id": memory["doc_id"], "revision": 2}


def test_a_key_replays_to_it_what_it_would_be_told(mina, writer):
    key = {"Idempotency-Key": "one"}
    body = {"content": "The secret."}
    saved = mina.post(MEMORIES, json=body, headers=key)
    assert saved.json()["content"] == "The secret."
    again = writer.post(MEMORIES, json=body, headers=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.headers["Location"] == saved.headers["Location"]
    assert again.json() == {"doc_id": saved.json()["doc_id"], "revision": 1}
    assert "ETag" not in again.headers
