"""What is told of a document that was written: to whoever may read it, and for as long."""

from memory_hub.accounts.models import Token
from memory_hub.idempotency.models import KeptAnswer

KEY = {"Idempotency-Key": "one"}


def test_a_token_that_may_only_write_is_told_ids_and_revisions(docs, api):
    writer = api("mina@example.com", scopes=["docs:write", "memories:share"])
    answer = writer.post("/google-docs/memories", json={"content": "The secret."})
    doc_id = docs.get("memories").json()["memories"][0]["doc_id"]
    assert (answer.status_code, set(answer.json())) == (201, {"doc_id", "revision"})
    assert answer.json()["doc_id"] == doc_id
    assert answer.headers["ETag"] == f'"{answer.json()["revision"]}"'
    changed = writer.patch(f"/google-docs/memories/{doc_id}", json={"category": "plans"})
    assert set(changed.json()) == {"doc_id", "revision"}
    named = writer.post(f"/google-docs/versions/{doc_id}?description=then").json()
    assert set(named) == {"version_id"}
    restored = writer.post(f"/google-docs/versions/{doc_id}/restore/{named['version_id']}")
    assert set(restored.json()) == {"doc_id", "revision"}
    grant = {"permissions": {"jun@example.com": "viewer"}}
    shared = writer.post(f"/google-docs/permissions/{doc_id}", json=grant)
    assert shared.json() == {"doc_id": doc_id}


def test_a_replay_is_judged_by_what_the_caller_may_now(docs):
    body = {"content": "The secret."}
    saved = docs.post("memories", json=body, headers=KEY)
    again = docs.post("memories", json=body, headers=KEY)
    assert (again.headers["Idempotent-Replayed"], again.content) == ("true", saved.content)
    receipt = {name: saved.json()[name] for name in ("doc_id", "revision")}
    Token.objects.filter(user=docs.client.user).update(scopes=["docs:write"])
    assert docs.post("memories", json=body, headers=KEY).json() == receipt
    Token.objects.filter(user=docs.client.user).update(scopes=["docs:write", "docs:read"])
    docs.delete(f"memories/{saved.json()['doc_id']}")
    gone = docs.post("memories", json=body, headers=KEY)
    assert (gone.status_code, gone.json()) == (201, receipt)


def test_a_search_with_a_key_is_carried_out_anew(docs):
    docs.save("The secret.")
    for _ in range(2):
        answer = docs.post("search", json={"query": "secret"}, headers=KEY)
        assert (answer.status_code, "Idempotent-Replayed" in answer.headers) == (200, False)
    assert not KeptAnswer.objects.exists()
