"""What was granted to one is nobody else's to count, to rename or to bring back."""

import pytest

from superthread.services import categories


@pytest.fixture
def memory(mina, api):
    """Mina's, of which Jun is an admin."""
    made = mina.save("Fog.", category="old")
    grants = {"permissions": {"jun@example.com": "admin"}}
    assert mina.post(f"/superthread/permissions/{made['doc_id']}", json=grants).is_success
    offer = f"/superthread/shares/{made['doc_id']}"
    assert api("jun@example.com").post(offer, json={"accept": True}).is_success
    return made


@pytest.mark.parametrize(("who", "renamed"), [("jun", "new"), ("sora", "old")])
def test_a_category_is_renamed_by_who_may_edit_alone(mina, api, memory, who, renamed):
    body = {"from": "old", "to": "new"}
    api(f"{who}@example.com").post("/superthread/categories/rename", json=body)
    path = f"/superthread/memories/{memory['doc_id']}"
    assert mina.get(path).json()["category"] == renamed


@pytest.mark.parametrize(("default", "renamed"), [("editor", "new"), ("viewer", "old")])
def test_what_is_a_teams_its_members_edit_where_the_team_says_so(mina, api, default, renamed):
    mina.post("/accounts/teams", json={"team_key": "alpha", "default_role": default})
    mina.put("/accounts/teams/alpha/members/jun@example.com", json={"role": "member"})
    jun = api("jun@example.com")
    jun.post("/accounts/teams/alpha/accept")
    made = mina.save("Fog.", category="old", scope="team", team_key="alpha")
    told = jun.get("/superthread/stats").json()
    # With its version, where that is theirs to see.
    assert (told["total_size"], told["storage_used"]) == (4, 8 if default == "editor" else 4)
    jun.post("/superthread/categories/rename", json={"from": "old", "to": "new", "scope": "team"})
    path = f"/superthread/memories/{made['doc_id']}"
    assert mina.get(path).json()["category"] == renamed


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("memories", {"category": "mine"}),
        ("permissions", {"permissions": {"jun@example.com": "viewer"}}),
    ],
)
def test_what_was_changed_after_it_was_found_is_not_renamed(
    mina, api, memory, monkeypatch, path, change
):
    made = mina.patch if path == "memories" else mina.post
    assert made(f"/superthread/{path}/{memory['doc_id']}", json=change).is_success
    found = iter([[memory["doc_id"]], []])
    monkeypatch.setattr(categories, "_some", lambda *_: next(found, []))
    body = {"from": "old", "to": "new"}
    told = api("jun@example.com").post("/superthread/categories/rename", json=body)
    assert told.json() == {"renamed": 0, "more": False}
    assert mina.get(f"/superthread/memories/{memory['doc_id']}").json()["category"] != "new"


def test_statistics_of_a_stranger_do_not_count_it(api, memory):
    told = {
        who: api(f"{who}@example.com").get("/superthread/stats").json()
        for who in ("jun", "sora", "bora")
    }
    assert told["sora"] == told["bora"]
    assert told["jun"] != told["bora"]


def test_the_trash_of_a_stranger_does_not_hold_it(mina, api, memory):
    mina.delete(f"/superthread/memories/{memory['doc_id']}")
    held = {
        who: api(f"{who}@example.com").get("/superthread/trash").json()["count"]
        for who in ("jun", "sora")
    }
    assert held == {"jun": 1, "sora": 0}
