"""What a restricted token writes stays within its restriction: judged where it was and will be."""

import pytest

from memory_hub.accounts.models import Team
from superthread.models import Memory
from superthread.models.memory import new_uuid
from superthread.tests.restricted.worlds import restriction_of

MEMORIES = "/superthread/memories"
EMAIL = "mina@example.com"


@pytest.fixture(autouse=True)
def teams(mina):
    for key in ("alpha", "beta"):
        assert mina.post("/accounts/teams", json={"team_key": key}).status_code == 201


@pytest.fixture
def token(api):
    """``token(personal=True, …)``: a client of Mina's with a token restricted so."""
    return lambda **told: api(EMAIL, restriction=restriction_of(**told))


def refused(answer) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "token-restricted")


PLACES = {
    "personal": {},
    "alpha": {"scope": "team", "team_key": "alpha"},
    "beta": {"scope": "team", "team_key": "beta"},
    "public": {"scope": "public"},
}


@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        ({"personal": True}, {"personal"}),
        ({"teams": ["alpha"]}, {"alpha"}),
        ({"personal": True, "teams": ["beta"]}, {"personal", "beta"}),
        ({"teams": ["gone"]}, set()),
        ({"category": "notes"}, set(PLACES)),
    ],
)
def test_a_memory_is_saved_and_moved_within_the_restriction_alone(mina, token, told, allowed):
    client = token(**told)
    category = {"category": "notes"} if "category" in told else {}
    for name, place in PLACES.items():
        body = {"content": "Jun has the key.", **category, **place}
        saved = client.post(MEMORIES, json=body)
        assert saved.status_code == 201 if name in allowed else refused(saved), name
        before = len(Memory.objects.all())
        checked = client.post(
            "/superthread/batch/save", json={"memories": [body, {**body, "content": "Second."}]}
        ).json()
        assert {one["status"] for one in checked["results"]} == {201 if name in allowed else 403}
        assert len(Memory.objects.all()) == before + (2 if name in allowed else 0)
    for name in allowed:
        for other, place in PLACES.items():
            memory = mina.save("A page.", **category, **PLACES[name])
            url = f"{MEMORIES}/{memory['doc_id']}"
            moved = client.patch(url, json=place or {"scope": "personal"})
            assert moved.status_code == 200 if other in allowed else refused(moved), (name, other)
            now = mina.get(url).json()
            assert (now["scope"], now["team_key"], now["revision"]) == (
                (memory["scope"], memory["team_key"], 1)
                if other not in allowed or other == name
                else (place.get("scope", "personal"), place.get("team_key"), 2)
            )


def test_a_team_that_the_token_does_not_name_is_as_one_that_is_not_there(token):
    client = token(teams=["alpha"])
    answers = [
        client.post(MEMORIES, json={"content": "a", "scope": "team", "team_key": key})
        for key in ("beta", "nowhere")
    ]
    assert all(map(refused, answers))
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_a_memory_is_not_taken_out_of_the_category(mina, token):
    client = token(category="notes")
    memory = mina.save("First.", category="notes")
    url = f"{MEMORIES}/{memory['doc_id']}"
    assert refused(client.post(MEMORIES, json={"content": "In the default one."}))
    assert refused(client.patch(url, json={"category": "plans", "content": "Second."}))
    assert client.patch(url, json={"category": "notes", "content": "Second."}).status_code == 200
    batch = {"updates": [{"doc_id": memory["doc_id"], "category": "plans"}]}
    (one,) = client.post("/superthread/batch/update", json=batch).json()["results"]
    assert one["problem"]["code"] == "token-restricted"
    rename = "/superthread/categories/rename"
    assert refused(client.post(rename, json={"from": "notes", "to": "plans"}))
    other = mina.save("Elsewhere.", category="plans")
    # There is nothing in it for this token.
    answer = client.post(rename, json={"from": "plans", "to": "notes"})
    assert answer.json() == {"renamed": 0, "more": False}
    assert mina.get(f"{MEMORIES}/{other['doc_id']}").json()["category"] == "plans"


def test_a_batch_deletes_and_changes_what_the_token_is_for_alone(mina, token):
    client = token(category="notes")
    inside, outside = mina.save("Inside.", category="notes"), mina.save("Outside.")
    ids = [inside["doc_id"], outside["doc_id"], str(new_uuid())]
    updates = [{"doc_id": doc_id, "content": "Changed."} for doc_id in ids]
    changed = client.post("/superthread/batch/update", json={"updates": updates}).json()
    deleted = client.post("/superthread/batch/delete", json={"doc_ids": ids}).json()
    for answer, status in ((changed, 200), (deleted, 204)):
        assert [one["status"] for one in answer["results"]] == [status, 404, 404]
        hidden, absent = (one["problem"] for one in answer["results"][1:])
        assert hidden == absent
    assert mina.get(f"{MEMORIES}/{outside['doc_id']}").json()["content"] == "Outside."


def test_an_old_version_is_not_restored_into_another_category(mina, token):
    memory = mina.save("First.", category="plans")
    url = f"{MEMORIES}/{memory['doc_id']}"
    mina.patch(url, json={"category": "notes"})
    mina.patch(url, json={"content": "Third."})
    client = token(category="notes")
    versions = client.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]
    third, second, first = [one["version_id"] for one in versions]
    restore = f"/superthread/versions/{memory['doc_id']}/restore"
    assert refused(client.post(f"{restore}/{first}"))
    assert client.post(f"{restore}/{second}").json()["content"] == "First."
    assert client.post(f"{restore}/{third}").json()["category"] == "notes"


def test_a_personal_memory_is_not_given_away_by_a_token_for_personal_ones(mina, api, token):
    memory = mina.save("Jun has the key.")
    transfer = f"{MEMORIES}/{memory['doc_id']}/transfer"
    client = token(personal=True)
    assert refused(client.post(transfer, json={"to": "jun@example.com"}))
    assert api("jun@example.com").get("/superthread/transfers").json() == {"transfers": []}
    assert token(category="default").post(transfer, json={"to": "jun@example.com"}).is_success
    # What was offered may be taken back: it is Mina's still.
    assert client.post(transfer, json={"to": None}).json()["offered_to"] is None


def test_offers_of_what_the_token_is_not_for_are_neither_shown_nor_answered(mina, api, token):
    jun = api("jun@example.com")
    shared, given = jun.save("Shared.", category="notes"), jun.save("Given.", category="notes")
    jun.post(
        f"/superthread/permissions/{shared['doc_id']}",
        json={"permissions": {EMAIL: "viewer"}},
    )
    jun.post(f"{MEMORIES}/{given['doc_id']}/transfer", json={"to": EMAIL})
    replies = {
        f"/superthread/shares/{shared['doc_id']}": "shares",
        f"{MEMORIES}/{given['doc_id']}/transfer": "transfers",
    }
    for told, count in [
        ({"personal": True}, 0),
        ({"teams": ["alpha"]}, 0),
        ({"category": "plans"}, 0),
        ({"category": "notes"}, 1),
    ]:
        client = token(**told)
        for reply, name in replies.items():
            assert len(client.get(f"/superthread/{name}").json()[name]) == count
            if not count:
                assert client.post(reply, json={"accept": True}).status_code == 404
    for reply in replies:
        assert client.post(reply, json={"accept": True}).is_success


def test_a_restricted_token_blocks_nobody(mina, api, token):
    jun = api("jun@example.com")
    shared = jun.save("Shared.", category="notes")
    jun.post(
        f"/superthread/permissions/{shared['doc_id']}", json={"permissions": {EMAIL: "viewer"}}
    )
    reply = {"accept": False, "block": True}
    client = token(category="notes")
    assert refused(client.post(f"/superthread/shares/{shared['doc_id']}", json=reply))
    assert len(mina.get("/superthread/shares").json()["shares"]) == 1
    assert mina.get("/accounts/blocks").json() == {"blocks": []}


def test_a_memory_that_came_to_the_token_s_team_is_there_at_once(mina, token):
    client = token(teams=["alpha"])
    memory = mina.save("Moving.", scope="team", team_key="beta")
    url = f"{MEMORIES}/{memory['doc_id']}"
    assert client.get(url).status_code == 404
    assert client.get(f"{MEMORIES}?scope=all").json()["count"] == 0
    mina.patch(url, json={"team_key": "alpha"})
    assert client.get(url).status_code == 200
    assert client.get(f"{MEMORIES}?scope=all").json()["count"] == 1
    mina.patch(url, json={"team_key": "beta"})
    assert client.get(url).status_code == 404
    assert client.get(f"{MEMORIES}?scope=all").json()["count"] == 0


def test_a_token_for_a_team_that_was_deleted_reads_nothing(mina, token):
    client = token(teams=["alpha"])
    mina.save("Everybody's.", scope="public")
    assert mina.delete("/accounts/teams/alpha").status_code == 204
    assert client.get(f"{MEMORIES}?scope=all").json()["count"] == 0
    assert client.get("/accounts/me").json()["restriction"]["teams"] == []
    # One that is made anew under the key is another team.
    assert mina.post("/accounts/teams", json={"team_key": "alpha"}).status_code == 201
    mina.save("The new team's.", scope="team", team_key="alpha")
    assert client.get(f"{MEMORIES}?scope=all").json()["count"] == 0
    assert Team.objects.filter(key="alpha").exists()


def test_a_memory_is_kept_in_the_folder(mina, token):
    client = token(path_prefix="notes/")
    inside = client.post(MEMORIES, json={"content": "Inside.", "path": "notes/a.md"})
    assert inside.status_code == 201
    for path in (None, "plans/a.md", "notes2/a.md", "Notes/b.md"):
        body = {"content": "Outside."} | ({"path": path} if path else {})
        assert refused(client.post(MEMORIES, json=body)), path
        assert refused(client.patch(f"{MEMORIES}/{inside.json()['doc_id']}", json={"path": path}))
    outside = mina.save("Outside.", path="plans/b.md")
    answer = client.patch(f"{MEMORIES}/{outside['doc_id']}", json={"path": "notes/b.md"})
    assert answer.status_code == 404
    moved = client.patch(f"{MEMORIES}/{inside.json()['doc_id']}", json={"path": "notes/deep/c"})
    assert (moved.status_code, moved.json()["path"]) == (200, "notes/deep/c")


def test_what_is_in_the_way_outside_of_the_restriction_is_not_named(mina, token):
    mina.save("Hidden.", path="Notes/Secret.md")
    mina.save("Hidden.", path="plans", category="private")
    mina.save("Seen.", path="notes/a.md")
    folder, category = token(path_prefix="notes/"), token(category="default")
    for client, path, there in (
        (folder, "notes/secret", None),
        (folder, "notes/A", "notes/a.md"),
        (category, "plans.md", None),
        (category, "plans/b.md", None),
        (category, "NOTES/a", "notes/a.md"),
        (mina, "plans.md", "plans"),
    ):
        single = client.post(MEMORIES, json={"content": "x", "path": path})
        batch = client.post(
            "/superthread/batch/save", json={"memories": [{"content": "x", "path": path}]}
        )
        for problem in (single.json(), batch.json()["results"][0]["problem"]):
            assert problem["code"] == "path-taken"
            assert problem["path"] == (there or path)
            assert (there is None) == ("outside of the token" in problem["detail"])
            assert "Secret" not in str(problem)


def test_a_memory_comes_back_from_the_trash_into_the_folder_alone(mina, token):
    client = token(path_prefix="notes/")
    memory = mina.save("Inside.", path="notes/a.md")
    url = f"{MEMORIES}/{memory['doc_id']}"
    assert client.delete(url).status_code == 204
    assert refused(client.post(f"{url}/undelete", json={"path": "plans/a.md"}))
    assert refused(client.post(f"{url}/undelete", json={"path": None}))
    assert client.post(f"{url}/undelete", json={"path": "notes/b.md"}).status_code == 200


@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        ({"path_prefix": "notes/"}, {"personal", "alpha", "beta", "public"}),
        ({"personal": True}, {"personal"}),
        ({"teams": ["alpha"]}, {"alpha"}),
        ({"path_prefix": "plans/"}, set()),
        ({"category": "other"}, set()),
        ({"teams": ["beta"], "path_prefix": "notes/"}, {"beta"}),
    ],
)
def test_a_path_leads_to_what_the_token_is_for(mina, token, told, allowed):
    client = token(**told)
    shelves = {
        "personal": "personal",
        "alpha": "team/alpha",
        "beta": "team/beta",
        "public": "public",
    }
    for name, shelf in shelves.items():
        url = f"/superthread/by-path/{shelf}/notes/a.md"
        made = client.put(url, json={"content": "First."})
        assert made.status_code == 201 if name in allowed else made.status_code in (403, 404), name
        there = mina.put(url, json={"content": "Mina's."}).status_code
        assert there == (200 if name in allowed else 201)
        found = client.get(url)
        absent = client.get(f"/superthread/by-path/{shelf}/notes/none.md")
        assert absent.status_code == 404
        if name in allowed:
            assert found.json()["content"] == "Mina's."
            assert client.put(url, json={"content": "Again."}).status_code == 200
            assert client.delete(url).status_code == 204
        else:
            assert found.status_code == 404
            without_id = [{**one.json(), "request_id": ""} for one in (found, absent)]
            assert without_id[0] == without_id[1]
            assert client.delete(url).status_code == 404
