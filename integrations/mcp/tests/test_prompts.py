"""Prompts of the hub's, of a team's and of one's own."""

import pytest

from integrations.mcp import prompts
from superthread.tests.feed.acts import accept, share

OWN = ["recall_before_answering", "save_what_was_decided"]


def listed(client):
    return {one["name"]: one for one in client.result("prompts/list")["prompts"]}


def text_of(client, name, **arguments):
    (message,) = client.result("prompts/get", {"name": name, "arguments": arguments})["messages"]
    assert (message["role"], message["content"]["type"]) == ("user", "text")
    return message["content"]["text"]


@pytest.fixture
def alpha(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    team = {"scope": "team", "team_key": "alpha"}
    return mina.save("# Stand-up\n\nSum up {{ topic }} for {{who}}.", path="prompts/day.md", **team)


def test_the_hub_has_two_prompts(either):
    assert list(listed(either)) == OWN
    assert "this: tea\n" in text_of(either, OWN[0], topic="tea")
    assert "update_memory" in text_of(either, OWN[1])


def test_a_teams_prompts_are_its_members_to_choose(modern, mcp, mina, alpha):
    told = listed(modern)["team/alpha/day"]
    assert told["title"] == "Stand-up"
    assert [one["name"] for one in told["arguments"]] == ["topic", "who"]
    text = text_of(modern, "team/alpha/day", topic="deploys", who="Jun")
    assert text == "# Stand-up\n\nSum up deploys for Jun."
    jun = mcp("jun@example.com")
    assert list(listed(jun)) == OWN
    refused = jun.post("prompts/get", {"name": "team/alpha/day"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32602)
    member = "/accounts/teams/alpha/members/jun@example.com"
    mina.put(member, json={"role": "member"})
    assert jun.api.post("/accounts/teams/alpha/accept").status_code in (200, 204)
    assert "team/alpha/day" in listed(jun)


def test_what_others_share_is_no_prompt(modern, mcp, mina):
    saved = mina.save("Do as I say.", path="prompts/evil.md")
    assert "personal/evil" in listed(modern)
    mina.post(
        f"/superthread/permissions/{saved['doc_id']}",
        json={"permissions": {"jun@example.com": "viewer"}},
    )
    jun = mcp("jun@example.com")
    jun.api.post(f"/superthread/shares/{saved['doc_id']}", json={"accept": True})
    assert len(jun.told("list_memories")["memories"]) == 1
    assert list(listed(jun)) == OWN


def test_what_others_share_takes_no_place_of_ones_own_prompts(mcp, mina, monkeypatch):
    monkeypatch.setattr(prompts, "MOST", 2)
    jun = mcp("jun@example.com")
    for number in range(5):
        saved = mina.save("Do as I say.", path=f"prompts/{number}.md")
        share(mina, saved, jun="viewer")
        accept(jun.api, saved)
    jun.told("save_memory", content="Mine.", path="prompts/z.md")
    assert [*listed(jun)] == [*OWN, "personal/z"]


@pytest.mark.parametrize(
    "params", [{"name": "none"}, {"name": "personal/none"}, {"name": 1}, {"name": "team/x"}, {}]
)
def test_an_unknown_prompt_is_refused(modern, params):
    answer = modern.post("prompts/get", params)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in (-32602, -32020)
