"""What is deleted: one memory, several, all of somebody's; and what is not."""

import pytest

from integrations.mem0.tests.client import Mem0

ANN = {"user_id": "ann"}
ID = "0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a"


def test_a_deleted_memory_is_in_the_trash(ann, mina):
    one = ann.added(user_id="ann")
    assert "deleted" in ann.delete(one)["message"]
    ann.get(one, 404)
    ann.delete(one, 404)
    ann.history(one, 404)
    assert mina.post(f"/superthread/memories/{one}/undelete").status_code == 200
    assert ann.texts(ANN) == ["I like tea."]
    ann.ask("DELETE", f"/v1/memories/{one}/?delete_linked=true", 400)
    assert ann.texts(ANN) == ["I like tea."]


@pytest.mark.parametrize("one", [ID, "m%201%2F2", "m1", "..", "x" * 300])
def test_an_id_that_is_none_is_a_memory_that_is_not_there(ann, one):
    ann.get(one, 404)
    ann.update(one, 404, text="x")
    ann.delete(one, 404)
    ann.history(one, 404)


def test_batches_are_carried_out_whole_or_not_at_all(ann):
    ids = [ann.added(f"Tea {n}.", user_id="ann") for n in range(3)]
    changes = [{"memory_id": ids[0], "text": "A"}, {"memory_id": ids[1], "metadata": {"b": 1}}]
    assert "2" in ann.ask("PUT", "/v1/batch/", json={"memories": changes})["message"]
    assert (ann.get(ids[0])["memory"], ann.get(ids[1])["metadata"]) == ("A", {"b": 1})
    mixed = [*changes, {"memory_id": ID, "text": "x"}]
    told = ann.ask(
        "PUT", "/v1/batch/", 404, json={"memories": [{**one, "text": "Z"} for one in mixed]}
    )
    assert told["detail"].startswith("memories/2: ")
    assert ann.get(ids[0])["memory"] == "A"
    ann.delete_with_body(
        "/v1/batch/", {"memories": [{"memory_id": ids[0]}, {"memory_id": ID}]}, 404
    )
    assert ann.get(ids[0])["memory"] == "A"
    for bad in ({}, {"memories": []}, {"memories": [{}]}, {"memories": "x"}, {"memories": [5]}):
        ann.ask("PUT", "/v1/batch/", 400, json=bad)
        ann.delete_with_body("/v1/batch/", bad, 400)
    told = ann.delete_with_body("/v1/batch/", {"memories": [{"memory_id": one} for one in ids]})
    assert "3" in told["message"]
    assert ann.texts(ANN) == []


@pytest.mark.parametrize(
    "query",
    [
        "user_id=ann",
        "filters=%7B%27user_id%27%3A%20%27ann%27%7D",
        'filters={"user_id": "ann"}',
        "filters={'AND': [{'user_id': 'ann'}]}&user_id=ann",
    ],
)
def test_delete_all_deletes_what_is_of_whom_it_names(ann, query):
    ann.add("Tea.", user_id="ann")
    ann.add("Tea, too.", user_id="ann", run_id="1")
    ann.add("Coffee.", user_id="bob")
    assert ann.ask("DELETE", f"/v1/memories/?{query}")["deleted_count"] == 2
    assert ann.texts({"user_id": "*"}) == ["Coffee."]


@pytest.mark.parametrize(
    "query",
    [
        *("", "user_id=", "user_id=*", "page=1", "userId=ann", "user_id=ann&user_id=bob"),
        *("filters=[object%20Object]", "filters={}", "filters=", "filters={'user_id': '*'}"),
        *(
            "filters={'user_id': None}",
            "filters={'metadata': {'a': 1}}",
            "filters=__import__('os')",
        ),
        "filters={'OR': [{'user_id': 'ann'}, {'user_id': 'bob'}]}",
        "filters={'user_id': {'ne': 'ann'}}",
        "filters={'user_id': 'bob'}&user_id=ann",
        "filters=" + "(" * 900,
        "filters=" + "[" * 900,
    ],
)
def test_delete_all_of_nobody_in_particular_is_refused(ann, query):
    ann.add(user_id="ann")
    ann.ask("DELETE", f"/v1/memories/?{query}", 400)
    assert ann.texts(ANN) == ["I like tea."]


def test_delete_all_leaves_what_others_have_saved(ann, mina, api):
    jun = api("jun@example.com")
    jun.post("/accounts/teams", json={"team_key": "alpha"})
    jun.put("/accounts/teams/alpha/members/mina@example.com", json={"role": "admin"})
    mina.post("/accounts/teams/alpha/accept", json={"accept": True})
    jun.save("Of the team.", scope="team", team_key="alpha", metadata=ANN)
    jun.save("Of jun.", metadata=ANN)
    ann.add("Own.", user_id="ann")
    assert ann.ask("DELETE", "/v1/memories/?user_id=ann")["deleted_count"] == 1
    assert ann.texts(ANN) == ["Of the team."]
    assert Mem0(jun).texts(ANN) == ["Of jun.", "Of the team."]


def test_entities_are_listed_and_deleted_by_kind_and_name(ann):
    ann.add(user_id="ann/b", agent_id="x")
    ann.add("Tea.", user_id="ann/b")
    ann.add("Coffee.", user_id="bob", run_id="1")
    told = ann.ask("GET", "/v1/entities/")
    assert [(one["type"], one["name"], one["total_memories"]) for one in told["results"]] == [
        *(("user", "ann/b", 2), ("user", "bob", 1)),
        *(("agent", "x", 1), ("run", "1", 1)),
    ]
    assert told["count"] == 4
    page = ann.ask("GET", "/v1/entities/?page=2&page_size=3")
    assert ([one["name"] for one in page["results"]], page["next"]) == (["1"], None)
    assert ann.ask("DELETE", "/v2/entities/user/ann%2Fb/")["message"]
    assert [one["name"] for one in ann.ask("GET", "/v1/entities/")["results"]] == ["bob", "1"]
    ann.ask("DELETE", "/v2/entities/team/bob/", 404)
    ann.ask("DELETE", "/v2/entities/user/*/", 400)
    assert ann.ask("DELETE", "/v2/entities/user/ann%2Fb/")["deleted_count"] == 0


def test_an_entity_is_deleted_by_its_whole_name_alone(ann):
    for name in ("bob", "bob/", "bob//"):
        ann.add("Tea.", user_id=name)
    assert ann.ask("DELETE", "/v2/entities/user/bob%2F/")["deleted_count"] == 1
    assert {one["name"] for one in ann.ask("GET", "/v1/entities/")["results"]} == {"bob", "bob//"}
    assert ann.ask("DELETE", "/v2/entities/user/bob/")["deleted_count"] == 1
    assert {one["name"] for one in ann.ask("GET", "/v1/entities/")["results"]} == {"bob//"}


@pytest.mark.parametrize("name", ["%00", "a%00b", "%ED%A0%80", "e" + "%CC%81" * 200, "a" * 300])
def test_what_is_no_name_has_no_memories(ann, name):
    answer = ann.inner.delete(f"/mem0/v2/entities/user/{name}/")
    assert answer.status_code in (200, 400, 404)
    assert answer.status_code != 200 or answer.json()["deleted_count"] == 0
