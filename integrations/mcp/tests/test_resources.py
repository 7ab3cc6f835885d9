"""Memories as resources, and what completes their addresses."""

import pytest

from integrations.mcp.addresses import Address, address_of
from integrations.mcp.tests.client import Mcp

GONE = "01a204fd-ca96-731c-b865-8c7a8fdc762e"


def read(client, uri):
    (content,) = client.result("resources/read", {"uri": uri})["contents"]
    assert (content["uri"], content["mimeType"]) == (uri, "text/markdown")
    return content["text"]


def refusal(client, uri):
    answer = client.post("resources/read", {"uri": uri})
    return answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["data"]


@pytest.fixture
def saved(mina):
    return mina.save("# Deploys\n\nOn *Tuesdays*.", path="notes/배포 plan.md")


def test_memories_are_listed_latest_first_and_read_as_markdown(either, saved, mina):
    later = mina.save("later")
    listed = either.result("resources/list")["resources"]
    assert [one["uri"] for one in listed] == [
        f"memory://id/{one['doc_id']}" for one in (later, saved)
    ]
    assert listed[1]["title"] == "Deploys"
    assert listed[1]["size"] == saved["size"]
    assert read(either, listed[1]["uri"]) == saved["content"]


def test_the_list_goes_on_by_its_cursor(modern, mina):
    for number in range(51):
        mina.save(f"note {number}")
    first = modern.result("resources/list")
    rest = modern.result("resources/list", {"cursor": first["nextCursor"]})
    assert len(first["resources"]) + len(rest["resources"]) == 51
    assert "nextCursor" not in rest
    answer = modern.post("resources/list", {"cursor": "nonsense"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32602)


def test_a_memory_is_read_by_its_path_however_that_is_escaped(modern, saved):
    canonical = str(Address(scope="personal", path=saved["path"]))
    assert canonical == "memory://personal/notes/%EB%B0%B0%ED%8F%AC%20plan.md"
    for uri in (
        canonical,
        "MEMORY://personal/notes/배포 plan.md",
        "memory://Personal/n%6Ftes/배포%20plan.md",
    ):
        assert read(modern, uri) == saved["content"]


def test_a_team_has_its_own_addresses(modern, mcp, mina):
    assert mina.post("/accounts/teams", json={"team_key": "alpha"}).status_code == 201
    team = mina.save("for the team", scope="team", team_key="alpha", path="plan.md")
    assert read(modern, "memory://team/alpha/plan.md") == "for the team"
    assert read(modern, "memory://team/alpha") == (
        f"- [for the team](memory://id/{team['doc_id']})"
    )
    jun = mcp("jun@example.com")
    assert refusal(jun, "memory://team/alpha/plan.md")[1] == -32602
    assert refusal(jun, "memory://team/alpha")[1] == -32602


def test_a_place_is_a_list_of_links(modern, mina):
    assert read(modern, "memory://personal") == "There are no memories here."
    saved = mina.save("# [Draft]\n\nx")
    assert read(modern, "memory://personal") == (f"- [\\[Draft\\]](memory://id/{saved['doc_id']})")


@pytest.mark.parametrize(
    "uri",
    [
        "memory://id/nothing",
        "memory://nowhere/x",
        "memory://personal/none.md",
        "memory://team",
        "memory://personal/%ff",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_unknown_resource_is_a_fault_that_names_it(either, uri):
    status, code, data = refusal(either, uri)
    assert (status, code) == ((400, -32602) if either.is_modern else (200, -32002))
    assert data == {"uri": uri}


def test_the_hidden_and_the_missing_are_the_same_fault(mcp, saved):
    jun = mcp("jun@example.com")
    hidden = refusal(jun, f"memory://id/{saved['doc_id']}")
    missing = refusal(jun, f"memory://id/{GONE}")
    assert hidden[:2] == missing[:2] == (400, -32602)


def test_a_token_that_may_not_read_sees_no_resources(mcp, saved):
    blind = mcp("mina@example.com", scopes=["memories:write"])
    assert blind.result("resources/list")["resources"] == []
    uri = f"memory://id/{saved['doc_id']}"
    assert blind.post("resources/read", {"uri": uri}).status_code == 403
    assert blind.result("prompts/list")["prompts"][2:] == []


def test_templates_say_how_addresses_are_made(modern):
    templates = modern.result("resources/templates/list")["resourceTemplates"]
    assert "memory://personal/{+path}" in {one["uriTemplate"] for one in templates}


def test_tools_take_the_address_of_a_resource_for_an_id(modern, saved):
    for uri in (f"memory://id/{saved['doc_id']}", "memory://personal/notes/배포%20plan.md"):
        assert modern.told("get_memory", id=uri)["id"] == saved["doc_id"]
    assert modern.told("update_memory", id=uri, category="ops")["revision"] == 2
    assert modern.error("get_memory", id="memory://team/x").startswith("Error")
    uri = f"memory://id/{saved['doc_id']}"
    modern.told("delete_memory", id=uri)
    assert modern.told("delete_memory", id=uri, undo=True)["state"] == "restored"
    chatgpt = Mcp(modern.api, path="/mcp?profile=chatgpt")
    for uri in (f"memory://id/{saved['doc_id']}", "memory://personal/notes/배포%20plan.md"):
        assert chatgpt.told("fetch", id=uri)["id"] == saved["doc_id"]


def completed(client, uri, name, value, **given):
    ref = {"type": "ref/resource", "uri": uri}
    params = {"ref": ref, "argument": {"name": name, "value": value}}
    if given:
        params["context"] = {"arguments": given}
    return client.result("completion/complete", params)["completion"]["values"]


def test_paths_and_keys_of_teams_are_completed(modern, mcp, mina, saved):
    mina.save("x", path="notes/a.md")
    mina.save("y", path="other.md")
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    mina.save("z", scope="team", team_key="alpha", path="notes/team.md")
    personal, team = "memory://personal/{+path}", "memory://team/{team_key}/{+path}"
    assert completed(modern, personal, "path", "notes/") == ["notes/a.md", saved["path"]]
    assert completed(modern, team, "team_key", "al") == ["alpha"]
    assert completed(modern, team, "path", "no", team_key="alpha") == ["notes/team.md"]
    jun = mcp("jun@example.com")
    assert completed(jun, personal, "path", "") == []
    assert completed(jun, team, "path", "", team_key="alpha") == []
    assert completed(modern, "memory://x/{y}", "path", "") == []


def test_addresses_are_read_as_they_are_written():
    for address in (
        Address(id="x:1"),
        Address(scope="personal", path="a&b/c,d+e.md"),
        Address(scope="team", team_key="알파", path="100%/?#.md"),
        Address(scope="public"),
    ):
        assert address_of(str(address)) == address
