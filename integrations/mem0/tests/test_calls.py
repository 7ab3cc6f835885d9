"""Each call of the clients: what it does, and what it answers."""

from datetime import UTC, datetime, timedelta

import pytest

from superthread.models import Memory
from testing.journaling import journaling

ANN = {"user_id": "ann"}
ID = "0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a"


def test_a_ping_names_an_organisation_and_a_project(ann):
    told = ann.ask("GET", "/v1/ping/")
    assert told["org_id"]
    assert told["project_id"]
    assert (told["status"], told["user_email"]) == ("ok", "mina@example.com")
    assert ann.ask("GET", "//v1/ping/") == told
    assert ann.ask("GET", "/v1/ping") == told


def test_a_client_without_a_good_token_reads_why(nobody):
    for headers in ({}, {"Authorization": "Token no"}, {"Mem0-User-ID": "mina"}):
        answer = nobody.get("/mem0/v1/ping/", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["detail"]


def test_every_error_is_json_whoever_makes_it(ann, nobody):
    ann.ask("GET", "/v9/nothing/", 404)
    ann.ask("PATCH", "/v1/ping/", 405)
    kind = {"Content-Type": "application/json"}
    ann.ask("POST", "/v3/memories/add/", 400, content=b"{", headers=kind)
    ann.ask("POST", "/v3/memories/add/", 415, content=b"x", headers={"Content-Type": "text/plain"})
    ann.ask("POST", "/v3/memories/add/", 413, headers={"Content-Length": "99999999"}, content=b"x")


def test_a_page_that_is_too_long_is_refused_and_a_shorter_one_is_not(ann, monkeypatch):
    monkeypatch.setattr("superthread.reads.bounded_pages.PAGE_BYTES", 100)
    for n in range(2):
        ann.add(f"Tea {n}.", user_id="ann")
    ann.get_all(ANN, 400, query="?page_size=2")
    assert len(ann.get_all(ANN, query="?page_size=1")["results"]) == 1


def test_a_list_has_pages_by_their_numbers(ann):
    for n in range(5):
        ann.add(f"Tea {n}.", user_id="ann")
    ann.add("Coffee.", user_id="bob")
    first = ann.get_all(ANN, query="?page=1&page_size=2")
    assert [one["memory"] for one in first["results"]] == ["Tea 4.", "Tea 3."]
    assert (first["count"], first["previous"]) == (5, None)
    second = ann.ask("POST", first["next"].removeprefix("/mem0"), json={"filters": ANN})
    assert [one["memory"] for one in second["results"]] == ["Tea 2.", "Tea 1."]
    last = ann.get_all(ANN, query="?page=3&page_size=2")
    assert [one["memory"] for one in last["results"]] == ["Tea 0."]
    assert (last["next"], bool(last["previous"])) == (None, True)
    assert ann.get_all(ANN, query="?page=9")["results"] == []
    for query in ("?page=0", "?page_size=101", "?page=x", "?page=1&page=2", "?page=999999"):
        ann.get_all(ANN, 400, query=query)


def test_a_list_or_search_of_nobody_is_refused(ann):
    ann.add(user_id="ann")
    for filters in (None, {}, {"AND": []}):
        assert "user_id" in ann.get_all(filters, 400)["detail"] or filters
        ann.search("tea", filters, 400)
    assert ann.texts({"user_id": "*"}) == ["I like tea."]


def test_a_search_is_best_first_with_scores_up_to_one(ann):
    ann.add("Tea, green tea, and a kettle for tea.", user_id="ann")
    ann.add("She once had tea with a neighbour, a dog and many other people.", user_id="ann")
    ann.add("Coffee.", user_id="ann")
    ann.add("Tea is for bob.", user_id="bob")
    results = ann.search("  tea ", ANN)["results"]
    assert len(results) == 2
    scores = [one["score"] for one in results]
    assert sorted(scores, reverse=True) == scores
    assert 0 < scores[1] < scores[0] < 1
    assert len(ann.search("tea", ANN, threshold=scores[0])["results"]) == 1
    assert len(ann.search("tea", ANN, top_k=1)["results"]) == 1
    assert len(ann.search("tea", ANN, limit=1)["results"]) == 1
    assert ann.search("tea", ANN, fields=["memory"])["results"][0].keys() == {
        *("id", "memory", "score")
    }
    # Signs of the hub's own syntax are text here.
    assert ann.found("-coffee", ANN) == ["Coffee."]


@pytest.mark.parametrize(
    "option",
    [
        {"show_expired": True},
        {"reference_date": "2026-01-01"},
        {"threshold": 2},
        {"top_k": 0},
        {"top_k": 101},
        {"query": ""},
        {"query": None},
    ],
)
def test_what_a_search_cannot_do_is_refused(ann, option):
    ann.ask("POST", "/v3/memories/search/", 400, json={"query": "tea", "filters": ANN} | option)


def test_an_update_changes_what_it_names_and_keeps_the_rest(ann):
    one = ann.added(user_id="ann", metadata={"a": 1, "b": 2}, categories=["food"])
    assert ann.update(one, text="Coffee.")["memory"] == "Coffee."
    assert ann.get(one)["metadata"] == {"a": 1, "b": 2, "tags": ["food"]}
    told = ann.update(one, metadata={"c": 3})
    assert (told["metadata"], told["user_id"]) == ({"c": 3, "tags": ["food"]}, "ann")
    assert ann.update(one, data="Milk.")["memory"] == "Milk."
    assert ann.update(one, expiration_date="2100-01-01")["expiration_date"] == "2100-01-01"
    assert ann.update(one, expiration_date=None)["expiration_date"] is None
    for bad in ({}, {"text": ""}, {"timestamp": 5}, {"metadata": {"user_id": "bob"}}, {"text": 5}):
        ann.update(one, 400, **bad)
    assert ann.get(one)["memory"] == "Milk."


def test_a_history_is_made_of_the_versions(ann):
    one = ann.added(user_id="ann")
    ann.update(one, text="Coffee.")
    ann.update(one, metadata={"a": 1})
    told = ann.history(one)
    assert [(each["event"], each["old_memory"], each["new_memory"]) for each in told] == [
        ("ADD", None, "I like tea."),
        ("UPDATE", "I like tea.", "Coffee."),
        ("UPDATE", "Coffee.", "Coffee."),
    ]
    assert {each["memory_id"] for each in told} == {one}
    assert told[-1]["metadata"] == {"a": 1}


def test_a_long_history_is_cut_at_its_beginning(ann, mina):
    one = ann.added(user_id="ann")
    for n in range(55):
        mina.patch(f"/superthread/memories/{one}", json={"content": f"Tea {n}."})
    told = ann.history(one)
    assert {each["event"] for each in told} == {"UPDATE"}
    assert (told[-1]["new_memory"], told[0]["old_memory"] is not None) == ("Tea 54.", True)
    assert len(told) == 49


def test_feedback_is_kept_with_the_memory(ann):
    one = ann.added(user_id="ann")
    said = {"memory_id": one, "feedback": "NEGATIVE", "feedback_reason": "Coffee."}
    ann.ask("POST", "/v1/feedback/", json=said)
    assert ann.get(one)["feedback"] == {"value": "NEGATIVE", "reason": "Coffee."}
    ann.update(one, metadata={"a": 1})
    assert ann.get(one)["feedback"]["value"] == "NEGATIVE"
    ann.ask("POST", "/v1/feedback/", json={"memory_id": one, "feedback": None})
    assert "feedback" not in ann.get(one)
    ann.ask("POST", "/v1/feedback/", 400, json={"memory_id": one, "feedback": "GOOD"})
    ann.ask("POST", "/v1/feedback/", 404, json={"memory_id": ID, "feedback": "POSITIVE"})


PROJECT = "/api/v1/orgs/organizations/memory-hub/projects/memory-hub/"


def test_the_project_can_be_read_and_not_set(ann):
    told = ann.ask("GET", f"{PROJECT}?org_id=memory-hub&project_id=memory-hub")
    assert (told["org_id"], told["project_id"]) == ("memory-hub", "memory-hub")
    assert "model" in ann.ask("PATCH", PROJECT, 501, json={"custom_instructions": "x"})["detail"]
    ann.ask("GET", PROJECT.replace("projects/memory-hub", "projects/another"), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/exports/"),
        ("POST", "/v1/exports/get/"),
        ("POST", "/v1/summary/"),
        ("GET", f"{PROJECT}members/"),
        ("POST", f"{PROJECT}members/"),
        ("GET", "/api/v1/webhooks/projects/memory-hub/"),
        ("POST", "/api/v1/webhooks/projects/memory-hub/"),
        ("PUT", "/api/v1/webhooks/7/"),
        ("DELETE", "/api/v1/webhooks/7/"),
        ("GET", "/v2/entities/user/ann/profile/"),
        ("POST", "/v2/profiles/jobs/"),
        ("GET", "/v2/profiles/settings/"),
        ("POST", "/v2/profiles/settings/"),
    ],
)
def test_what_the_hub_has_not_is_a_refusal_that_says_so(ann, method, path):
    told = ann.ask(method, path, 501, json={})
    assert told["code"] == "not-offered"
    assert len(told["detail"]) > 20


def test_paths_of_the_clients_before_work_where_they_say_the_same(ann):
    body = {"messages": "I like tea.", "user_id": "ann"}
    (one,) = ann.ask("POST", "/v1/memories/", json=body)["results"]
    assert ann.ask("GET", "/v1/memories/?user_id=ann")["results"] == [ann.get(one["id"])]
    ann.ask("GET", "/v1/memories/", 400)
    for path in ("/v1/memories/search/", "/v2/memories/search/"):
        (found,) = ann.ask("POST", path, json={"query": "tea", "user_id": "ann"})["results"]
        assert found["id"] == one["id"]
    (listed,) = ann.ask("POST", "/v2/memories/", json={"filters": ANN})["results"]
    assert listed["id"] == one["id"]


def test_a_key_makes_a_write_happen_once(ann):
    headers = {"Idempotency-Key": "once"}
    body = {"messages": "I like tea.", "user_id": "ann"}
    told = [ann.ask("POST", "/v3/memories/add/", json=body, headers=headers) for _ in range(2)]
    assert told[0] == told[1]
    assert ann.get_all(ANN)["count"] == 1
    headers = {"Idempotency-Key": "again"}
    for _ in range(2):
        deleted = ann.ask("DELETE", "/v1/memories/?user_id=ann", headers=headers)
        assert deleted["deleted_count"] == 1


def test_a_key_repeats_no_text_that_is_gone(ann, mina):
    headers = {"Idempotency-Key": "once"}
    body = {"messages": "I like tea.", "user_id": "ann"}

    def add(status=200):
        return ann.ask("POST", "/v3/memories/add/", status, json=body, headers=headers)

    (one,) = add()["results"]
    mina.delete(f"/superthread/memories/{one['id']}")
    assert add()["results"] == [{"id": one["id"], "event": "ADD"}]
    mina.delete(f"/superthread/memories/{one['id']}?permanent=true")
    assert "tea" not in str(add(410))


def test_a_change_is_recorded_as_of_this_door(ann):
    with journaling() as entries:
        one = ann.added(user_id="ann")
        ann.update(one, text="Coffee.")
        ann.delete(one)
    kinds = [entry.kind for entry in entries]
    assert kinds == ["memory.created", "memory.updated", "memory.trashed"]
    assert {entry.via for entry in entries} == {"mem0"}


def test_an_expired_memory_is_gone(ann):
    one = ann.added(user_id="ann", expiration_date="2100-01-01")
    Memory.objects.filter(doc_id=one).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    ann.get(one, 404)
    assert ann.texts(ANN) == ann.found("tea", ANN) == []
