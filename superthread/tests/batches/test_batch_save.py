"""POST /superthread/batch/save."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superthread.models import Memory, Version

SAVE = "/superthread/batch/save"


def save(client, *memories, **options):
    return client.post(SAVE, json={"memories": list(memories), **options})


def statuses(answer):
    return [result["status"] for result in answer.json()["results"]]


def test_all_are_saved_in_order_and_can_be_read(mina):
    answer = save(mina, *({"content": f"note {n}", "metadata": {"n": n}} for n in range(5)))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["saved_count"], body["failed_count"]) == (5, 0)
    for n, result in enumerate(body["results"]):
        assert (result["index"], result["status"]) == (n, 201)
        memory = mina.get(f"/superthread/memories/{result['doc_id']}").json()
        assert (memory["content"], memory["metadata"]) == (f"note {n}", {"n": n})
        versions = mina.get(f"/superthread/versions/{result['doc_id']}").json()["versions"]
        assert [version["number"] for version in versions] == [1]


def test_one_bad_item_harms_no_other_and_says_where_it_is_wrong(mina):
    answer = save(
        mina,
        {"content": "good"},
        {"content": "  "},
        "no object",
        None,
        {"content": "odd", "colour": "red"},
        {"content": "lost", "scope": "team", "team_key": "unknown"},
        {"content": "late", "expires_at": "2001-01-01T00:00:00Z"},
        {"content": "also good"},
    )
    assert answer.status_code == 200
    assert statuses(answer) == [201, 400, 400, 400, 400, 400, 400, 201]
    body = answer.json()
    assert (body["saved_count"], body["failed_count"]) == (2, 6)
    problem = body["results"][1]["problem"]
    assert (problem["code"], problem["status"]) == ("invalid-input", 400)
    assert problem["errors"][0]["pointer"] == "/memories/1/content"
    assert body["results"][4]["problem"]["errors"][0]["pointer"] == "/memories/4/colour"
    assert body["results"][5]["problem"]["errors"][0]["pointer"] == "/memories/5/team_key"
    assert sorted(Memory.objects.values_list("content", flat=True)) == ["also good", "good"]


def test_each_item_is_judged_as_if_it_came_alone(api):
    writer = api("jun@example.com", scopes=["memories:read", "memories:write"])
    answer = save(writer, {"content": "mine"}, {"content": "all", "scope": "public"})
    assert statuses(answer) == [201, 403]
    assert answer.json()["results"][1]["problem"]["code"] == "missing-scope"


def test_an_atomic_batch_with_a_bad_item_saves_nothing_and_tells_of_each(mina):
    answer = save(mina, {"content": "good"}, {"content": ""}, {"content": "too"}, atomic=True)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "batch-refused"
    assert answer.json()["errors"][0]["pointer"] == "/memories/1/content"
    assert statuses(answer) == [424, 400, 424]
    assert (answer.json()["saved_count"], answer.json()["failed_count"]) == (0, 3)
    assert not Memory.objects.exists()


def test_an_atomic_batch_in_order_is_saved(mina):
    assert statuses(save(mina, {"content": "a"}, {"content": "b"}, atomic=True)) == [201, 201]


def test_a_dry_run_judges_every_item_and_writes_nothing(mina):
    answer = save(mina, {"content": "good"}, {"content": ""}, dry_run=True)
    assert answer.status_code == 200
    assert statuses(answer) == [201, 400]
    assert "doc_id" not in answer.json()["results"][0]
    assert not Memory.objects.exists()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"memories": []},
        {"memories": {"content": "x"}},
        {"memories": [{"content": "x"}] * 1001},
        {"memories": [{"content": "x"}], "atomic": "yes"},
        {"memories": [{"content": "x"}], "colour": "red"},
    ],
)
def test_a_bad_envelope_is_refused_as_a_whole(mina, body):
    answer = mina.post(SAVE, json=body)
    assert answer.status_code == 400
    assert "results" not in answer.json()
    assert not Memory.objects.exists()


def test_count_is_checked_before_any_item_is_looked_at(mina, monkeypatch):
    from superthread.serializers.memories import NewMemory

    def looked_at(self, data):
        raise AssertionError("an item was validated")

    monkeypatch.setattr(NewMemory, "to_internal_value", looked_at)
    assert mina.post(SAVE, json={"memories": [{}] * 1001}).status_code == 400


def test_statements_do_not_grow_with_the_items(mina, unfolded):
    """Within a chunk: SQLite takes so many variables per statement, PostgreSQL all at once."""
    chunk = 1000 if connection.vendor == "postgresql" else 50

    def statements(count):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = save(mina, *({"content": f"note {n}"} for n in range(count)))
        assert answer.json()["saved_count"] == count
        # Keys for further memories are taken ahead now and then.
        return len([query for query in captured if "nextval" not in query["sql"]])

    statements(1)  # notes the use of the token
    assert statements(2) == statements(chunk)
    assert statements(1000) < 150


def test_a_keyed_batch_is_saved_once(mina):
    key = {"Idempotency-Key": "batch"}
    body = {"memories": [{"content": "one"}, {"content": ""}]}
    first = mina.post(SAVE, json=body, headers=key)
    second = mina.post(SAVE, json=body, headers=key)
    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Memory.objects.count() == 1


def test_a_refused_atomic_batch_is_not_kept_under_its_key(mina, api):
    key = {"Idempotency-Key": "batch"}
    body = {"memories": [{"content": "one", "scope": "team", "team_key": "alpha"}], "atomic": True}
    assert mina.post(SAVE, json=body, headers=key).status_code == 400
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    again = mina.post(SAVE, json=body, headers=key)
    assert (again.status_code, again.json()["saved_count"]) == (200, 1)
