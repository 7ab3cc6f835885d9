"""Somebody who means ill at the door: nothing breaks, nothing is learned, nothing is for free."""

import pytest

from integrations.mcp.tests.client import Mcp, older
from integrations.mcp.tools.catalog import CHATGPT, DEFAULT, PROFILES
from superthread.models.memory import new_uuid

# Of every type, where something else is expected.
WRONG = ["x" * 70_000, "\u202e", "%00", "../..", "memory://id/%00", "memory://team/a/%ff", -1]
WRONG += [2**31, 2**63 - 1, -(2**63), 1e308, 0.5, True, None, [], [None], {"a": {"b": []}}]
TOOLS = [(profile, tool) for profile, tools in PROFILES.items() for tool in tools.values()]
METHODS = {
    "tools/call": ("name", "arguments"),
    "tools/list": ("cursor",),
    "resources/list": ("cursor",),
    "resources/templates/list": ("cursor",),
    "resources/read": ("uri",),
    "prompts/list": ("cursor",),
    "prompts/get": ("name", "arguments"),
    "completion/complete": ("ref", "argument", "context"),
    "nope": ("params",),
}
LISTEN = "subscriptions/listen"
COMPLETE = {
    "ref": {"type": "ref/resource", "uri": "memory://team/{team_key}/{+path}"},
    "argument": {"name": "path", "value": "a"},
    "context": {"arguments": {"team_key": "alpha"}},
}


def door(api, profile=DEFAULT):
    return Mcp(api, path=f"/mcp?profile={CHATGPT}" if profile else "/mcp")


def said(client, tool, arguments):
    """Whether it failed, and the text of it."""
    result = client.call(tool.name, **arguments)
    (block,) = result["content"]
    assert "went wrong" not in block["text"], (tool.name, arguments)
    return result["isError"], block["text"]


@pytest.mark.parametrize(("profile", "tool"), TOOLS, ids=lambda one: getattr(one, "name", one))
def test_whatever_arguments_say_a_tool_answers_and_hidden_ones_are_as_missing(
    mina, api, profile, tool
):
    hidden = mina.save("# Secret\n\nThe key.", path="notes/secret.md", category="secret")["doc_id"]
    absent, jun = str(new_uuid()), door(api("jun@example.com"), profile)
    start = {"query": "key", "content": "x", "id": "", "action": "versions", "offset": 0}
    usual = {name: value for name, value in start.items() if name in tool.properties}
    for name in tool.properties:
        for value in WRONG:
            asked = usual | {name: value}
            told = [
                said(jun, tool, asked | ({"id": doc_id} if "id" in usual and name != "id" else {}))
                for doc_id in (hidden, absent)
            ]
            assert "Secret" not in told[0][1]
            assert told[0] == told[1] or tool.name == "save_memory", (name, value)
    assert mina.get(f"/superthread/memories/{hidden}").json()["revision"] == 1


@pytest.mark.parametrize("method", METHODS)
def test_whatever_params_say_they_are_answered_as_bad_ones(mina, method):
    mina.save("one", path="a/b.md")
    for client in (Mcp(mina), older(mina)):
        for name in METHODS[method]:
            for value in WRONG:
                params = COMPLETE if method == "completion/complete" else {"name": "get_memory"}
                answer = client.post(method, params | {name: value})
                assert answer.status_code in (200, 400, 404), (answer.text, value)
                assert b"-32603" not in answer.content, (name, value)
                assert "went wrong" not in answer.text


@pytest.mark.parametrize("method", ["tools/call", "resources/read", "subscriptions/listen"])
def test_a_nul_is_nothing_that_a_text_may_hold(modern, method):
    params = {"name": "a\x00b", "uri": "a\x00b", "notifications": {"a\x00b": True}}
    answer = modern.post(method, params, **{"Mcp-Name": "a"})
    assert answer.json()["error"]["code"] == -32700


@pytest.mark.parametrize("notifications", [one for one in WRONG if not isinstance(one, dict)])
def test_no_stream_is_opened_for_what_asks_for_none(modern, notifications):
    assert modern.post(LISTEN, {"notifications": notifications}).status_code == 400
    if notifications:
        subscribed = {"notifications": {"resourceSubscriptions": notifications}}
        assert modern.post(LISTEN, subscribed).status_code == 400


def test_what_is_too_deep_too_many_or_too_long_is_refused(mina):
    client = Mcp(mina)
    deep = b"[" * 60_000 + b"]" * 60_000
    message = client.message("tools/list")
    headers = client.headers(message) | {"Content-Type": "application/json"}
    for body, status in (
        (deep, 400),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":' + deep + b"}}", 400),
        (b"[" + b",".join([b"{}"] * 100_000) + b"]", 400),
        (b"x" * (60 * 2**20), 413),
        (b'{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"tools/list"}', 400),
        (b'{"jsonrpc":"2.0","id":' + b"9" * 400 + b',"method":"ping"}', 400),
    ):
        answer = mina.post("/mcp", content=body, headers=headers)
        assert answer.status_code == status, (body[:80], answer.text)
    assert client.result("tools/list")["tools"]


def test_a_key_of_one_person_is_nothing_to_another(mcp):
    asked = {"content": "Mine alone.", "idempotency_key": "the same"}
    mina, jun = mcp("mina@example.com"), mcp("jun@example.com")
    saved = mina.told("save_memory", **asked)
    other = jun.told("save_memory", **asked)
    assert other["id"] != saved["id"]
    assert "replayed" not in other


def test_a_key_of_rest_is_not_answered_here(modern, mina):
    mina.post("/superthread/memories", json={"content": "x"}, headers={"Idempotency-Key": "k"})
    assert "Take a new" in modern.error("save_memory", content="x", idempotency_key="k")


def test_methods_and_ways_that_are_none_are_refused_alike(mina):
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
        answer = mina.request(method, "/mcp", headers={"Accept": "text/event-stream"})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST"), method
    assert mina.post("/mcp/other", json={}).status_code == 404


def test_two_credentials_are_none(mina, api):
    client = Mcp(api("jun@example.com"))
    other = {"X-API-Key": "mh_" + "0" * 36}
    assert client.post("tools/list", **other).status_code == 401
