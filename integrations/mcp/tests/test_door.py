"""Who is let in at the door, what a call costs, and what becomes of one that is sent again."""

import asyncio

import pytest

from integrations.mcp import endpoint
from integrations.mcp.tests.client import Mcp, older
from memory_hub.core.errors import Unavailable
from memory_hub.rate_limits.prices import ANSWER_BYTES
from testing.clients.in_process import Client
from testing.journaling import journaling

HUB = "https://hub.example.com"


@pytest.fixture
def stranger(threads):
    """A client with a token that nobody has."""
    return Client("mh_" + "0" * 36, threads=threads)


def test_nobody_is_told_where_to_ask_and_for_what(nobody, settings):
    settings.HUB_PUBLIC_URL = HUB
    for client in (Mcp(nobody), older(nobody)):
        for method in ("server/discover", "initialize", "tools/list"):
            answer = client.post(method)
            assert answer.status_code == 401
            told = answer.headers["WWW-Authenticate"]
            assert f'resource_metadata="{HUB}/.well-known/oauth-protected-resource/mcp"' in told
            assert 'scope="memories:read memories:write"' in told


def test_a_credential_that_is_none_is_refused(stranger):
    for method in ("server/discover", "tools/list"):
        answer = Mcp(stranger).post(method)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="memory-hub", scope=')


def test_a_session_is_no_credential_here(nobody):
    answer = nobody.post("/mcp", headers={"Cookie": "sessionid=" + "x" * 32}, json={})
    assert answer.status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_page_of_another_origin_is_refused(modern, origin):
    assert modern.post("tools/list", Origin=origin).status_code == 403


def test_the_hubs_own_pages_and_those_that_the_operator_names_are_let_in(modern, settings):
    assert modern.post("tools/list", Origin="http://localhost").status_code == 200
    settings.HUB_PUBLIC_URL = HUB
    assert modern.post("tools/list", Origin=HUB).status_code == 200
    settings.CORS_ALLOWED_ORIGINS = ["https://pages.example"]
    assert modern.post("tools/list", Origin="https://pages.example").status_code == 200


def test_a_host_that_is_not_the_hubs_is_refused(modern):
    answer = modern.post("tools/list", Host="evil.example", Origin="http://evil.example")
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize(
    ("tool", "arguments", "points"),
    [
        ("get_memory", {}, 1),
        ("list_memories", None, 1),
        ("search_memories", {"query": "key"}, 3),
        ("save_memory", {"content": "x"}, 5),
        ("update_memory", {"content": "y"}, 5),
        ("memory_history", {}, 1),
        ("memory_history", {"action": "restore", "version": 1}, 5),
        ("share_memory", {}, 1),
        ("share_memory", {"with_email": "jun@example.com"}, 5),
        ("delete_memory", {}, 5),
    ],
)
def test_a_call_costs_what_its_twin_costs(modern, limited, tool, arguments, points):
    limited("1000/minute")
    saved = modern.told("save_memory", content="Jun has the key.")
    if tool not in ("save_memory", "search_memories", "list_memories"):
        arguments = {"id": saved["id"], **arguments}
    assert _cost(modern, "tools/call", {"name": tool, "arguments": arguments}) == points


def test_a_long_answer_costs_more(modern, limited):
    limited("1000/minute")
    saved = modern.told("save_memory", content="x" * 3 * ANSWER_BYTES)
    assert _cost(modern, "resources/read", {"uri": f"memory://id/{saved['id']}"}) == 1 + 3


@pytest.mark.parametrize("method", ["server/discover", "tools/list", "nope"])
def test_handshakes_and_lists_cost_one_point(modern, limited, method):
    limited("1000/minute")
    modern.post("tools/list")
    assert _cost(modern, method, {}) == 1


def _cost(client, method, params):
    before = int(client.post("tools/list").headers["RateLimit-Remaining"])
    return before - int(client.post(method, params).headers["RateLimit-Remaining"])


def test_who_has_no_points_left_is_told_so_and_may_still_discover(mcp, limited):
    limited("6/minute")
    client = mcp("poor@example.com")
    assert not client.call("save_memory", content="one")["isError"]
    text = client.error("save_memory", content="two")
    assert text.startswith("Error: This costs")
    while (answer := client.post("tools/list")).status_code == 200:
        pass
    assert answer.status_code == 429
    assert client.result("server/discover")["supportedVersions"]
    assert older(client.api).result("initialize")["protocolVersion"]


def test_a_busy_hub_refuses_calls_and_never_a_discovery(modern, mcp, threads, monkeypatch):
    modern.post("tools/list")
    new = mcp("new@example.com")

    async def full(unit, *, large=False):
        raise Unavailable("Too many requests are waiting; try again shortly.")

    monkeypatch.setattr(threads, "run", full)
    for client in (modern, new):
        assert client.result("server/discover")["supportedVersions"]
        assert client.error("list_memories").startswith("Error: Too many requests")
        assert client.post("tools/list").status_code == 503


def test_a_discovery_does_not_wait_for_a_thread_for_long(mcp, threads, monkeypatch):
    async def waits(unit, *, large=False):
        await asyncio.Event().wait()

    new = mcp("new@example.com")
    monkeypatch.setattr(endpoint, "PATIENCE", 0.01)
    monkeypatch.setattr(threads, "run", waits)
    assert new.result("server/discover")["supportedVersions"]
    assert older(new.api).result("initialize")["protocolVersion"]


def test_a_key_carries_a_write_out_once_whatever_the_messages_id_is(either):
    asked = {"content": "once", "idempotency_key": "k1"}
    first = either.told("save_memory", **asked)
    again = either.told("save_memory", **asked)
    assert (again["id"], again["replayed"]) == (first["id"], True)
    assert len(either.told("list_memories")["memories"]) == 1
    either.told("save_memory", content="once")
    assert len(either.told("list_memories")["memories"]) == 2


def test_a_key_may_come_beside_the_arguments(modern):
    params = {"name": "save_memory", "arguments": {"content": "once"}}
    params["_meta"] = {"memory-hub/idempotencyKey": "k2"}
    ids = {modern.result("tools/call", params)["structuredContent"]["id"] for _ in range(2)}
    assert len(ids) == 1


def test_a_key_that_is_null_is_none(modern):
    params = {"name": "save_memory", "arguments": {"content": "x", "idempotency_key": None}}
    params["_meta"] = {"memory-hub/idempotencyKey": None}
    assert modern.result("tools/call", params)["isError"] is False


def test_a_key_is_for_one_call_alone(modern):
    modern.told("save_memory", content="once", idempotency_key="k3")
    text = modern.error("save_memory", content="other", idempotency_key="k3")
    assert "Take a new idempotency_key" in text
    assert "printable ASCII" in modern.error("save_memory", content="x", idempotency_key="차")


def test_a_replay_tells_as_much_as_the_caller_may_see_now(modern, mcp):
    saved = modern.told("save_memory", content="shared text")
    modern.told("share_memory", id=saved["id"], with_email="jun@example.com", role="editor")
    jun = mcp("jun@example.com")
    asked = {"id": saved["id"], "content": "by Jun", "idempotency_key": "k4"}
    assert jun.told("update_memory", **asked)["title"] == "by Jun"
    modern.told("share_memory", id=saved["id"], with_email="jun@example.com", role="none")
    assert jun.told("update_memory", **asked) == {
        "id": saved["id"],
        "revision": 2,
        "replayed": True,
    }


@pytest.mark.parametrize("call", ["save_memory", "update_memory"])
def test_a_key_of_what_was_deleted_for_good_is_refused(modern, call):
    asked = {"content": "Nobody is to know.", "idempotency_key": "k5"}
    if call == "update_memory":
        asked["id"] = modern.told("save_memory", content="Before.")["id"]
    doc_id = modern.told(call, **asked)["id"]
    modern.told("delete_memory", id=doc_id, permanent=True)
    assert "deleted for good" in modern.error(call, **asked)
    assert modern.told("list_memories")["memories"] == []


def test_the_journal_says_that_it_came_by_this_door(modern):
    with journaling() as entries:
        modern.told("save_memory", content="by an agent")
    assert [entry.via for entry in entries] == ["mcp"]


def test_a_client_that_was_let_in_is_asked_for_more_and_others_are_told(api, settings):
    settings.HUB_PUBLIC_URL = HUB
    saving = {"content": "for all", "scope": "public"}
    few = ["memories:read", "memories:write"]
    delegated = Mcp(api("jun@example.com", client="an agent", scopes=few))
    answer = delegated.post("tools/call", {"name": "save_memory", "arguments": saving})
    assert answer.status_code == 403
    told = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope", scope="memories:publish"' in told
    assert f'resource_metadata="{HUB}/.well-known/oauth-protected-resource/mcp"' in told
    own = Mcp(api("mina@example.com", scopes=few))
    assert "memories:publish" in own.error("save_memory", **saving)


def test_chatgpt_gets_its_two_tools_in_their_exact_shapes(mina, settings):
    settings.HUB_PUBLIC_URL = HUB
    saved = mina.save("# Tea\n\nMina drinks green tea.", path="notes/tea.md")
    client = Mcp(mina, path="/mcp?profile=chatgpt")
    tools = client.result("tools/list")["tools"]
    assert [one["name"] for one in tools] == ["search", "fetch"]
    assert [list(one["inputSchema"]["properties"]) for one in tools] == [["query"], ["id"]]
    (found,) = client.told("search", query="green tea")["results"]
    assert found.keys() == {"id", "title", "url"}
    assert (found["id"], found["title"]) == (saved["doc_id"], "Tea")
    assert found["url"] == f"{HUB}/memories/{saved['doc_id']}"  # the page for people
    whole = client.told("fetch", id=found["id"])
    assert whole.keys() == {"id", "title", "text", "url", "metadata"}
    assert (whole["text"], whole["url"]) == (saved["content"], found["url"])
    assert client.call("search", query="zebra")["structuredContent"] == {"results": []}
    assert client.error("save_memory", content="x").startswith("Error: Unknown tool")
