"""The protocol of both eras over HTTP: what is taken, what is refused, in which order."""

import base64
import json

import pytest

from integrations.mcp.protocol.reading import Failed, Incoming, read
from integrations.mcp.protocol.revisions import HANDSHAKE, MODERN
from integrations.mcp.tests.client import BOTH, Mcp

OF = "io.modelcontextprotocol/"


@pytest.fixture
def post(mina):
    """Posts a body as it is, with headers of the modern era unless told otherwise."""

    def send(body, **headers):
        said = {"Accept": BOTH, "Content-Type": "application/json", **headers}
        said = {name.replace("_", "-"): value for name, value in said.items() if value is not None}
        kind = "content" if isinstance(body, bytes) else "json"
        return mina.post("/mcp", headers=said, **{kind: body})

    return send


def listing(**changes):
    """A modern `tools/list`; ``changes`` replace members, None takes one away."""
    meta = {f"{OF}protocolVersion": MODERN, f"{OF}clientCapabilities": {}}
    message = {"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {"_meta": meta}}
    return {name: value for name, value in (message | changes).items() if value is not None}


ROUTED = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list"}


@pytest.mark.parametrize("revision", HANDSHAKE)
def test_a_handshake_agrees_on_the_revision_that_is_asked_for(mina, revision):
    asked = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "x"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": asked}
    answer = mina.post("/mcp", json=message, headers={"Accept": BOTH})
    result = answer.json()["result"]
    assert result["protocolVersion"] == revision
    assert result["serverInfo"]["name"] == "memory-hub"
    # Nothing is told later in this era, so nothing of that is promised.
    assert result["capabilities"] == {
        name: {} for name in ("tools", "resources", "prompts", "completions")
    }
    assert "search_memories" in result["instructions"]
    assert "resultType" not in result
    assert "mcp-session-id" not in answer.headers


@pytest.mark.parametrize("asked", [MODERN, "2024-01-01", None])
def test_a_handshake_for_another_revision_is_answered_with_the_newest(mina, asked):
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize"}
    message["params"] = {"protocolVersion": asked, "capabilities": {}}
    answer = mina.post("/mcp", json=message, headers={"Accept": BOTH})
    assert answer.json()["result"]["protocolVersion"] == "2025-11-25"


@pytest.mark.parametrize("revision", HANDSHAKE)
def test_every_revision_with_a_handshake_lists_calls_and_pings(mina, revision):
    client = Mcp(mina, revision)
    assert client.result("ping") == {}
    assert len(client.result("tools/list")["tools"]) == 8
    assert client.call("list_memories")["isError"] is False


def test_a_request_after_a_handshake_may_leave_its_revision_unsaid(post):
    answer = post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert len(answer.json()["result"]["tools"]) == 8


@pytest.mark.parametrize("params", [None, {"_meta": None}])
def test_what_is_null_is_what_is_left_out(post, params):
    answer = post({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params})
    assert len(answer.json()["result"]["tools"]) == 8


def test_discovery_says_what_is_served_and_how_long_it_may_be_kept(modern):
    result = modern.result("server/discover")
    assert result["supportedVersions"] == [MODERN]
    assert (result["resultType"], result["ttlMs"], result["cacheScope"]) == (
        *("complete", 0),
        "private",
    )
    assert result["_meta"][f"{OF}serverInfo"]["version"]
    assert result["instructions"]


def test_results_of_the_modern_era_say_that_they_are_complete(modern):
    listed = modern.result("tools/list")
    assert (listed["resultType"], listed["ttlMs"], listed["cacheScope"]) == (
        *("complete", 0),
        "private",
    )
    called = modern.call("list_memories")
    assert called["resultType"] == "complete"
    assert "ttlMs" not in called


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("server/discover", {}),
        ("tools/list", {}),
        ("prompts/list", {}),
        ("resources/list", {}),
        ("resources/templates/list", {}),
        ("resources/read", {"uri": "memory://personal"}),
    ],
)
def test_lists_and_what_is_read_say_that_nobody_may_keep_them(modern, method, params):
    result = modern.result(method, params)
    assert (result["ttlMs"], result["cacheScope"]) == (0, "private")
    assert result["_meta"][f"{OF}serverInfo"]["name"] == "memory-hub"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "HEAD"])
def test_only_posts_are_answered(mina, method):
    answer = mina.request(method, "/mcp", headers={"MCP-Protocol-Version": MODERN})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_notification_is_taken_without_an_answer(post):
    for headers in (ROUTED, {}):
        told = post({"jsonrpc": "2.0", "method": "notifications/initialized"}, **headers)
        assert (told.status_code, told.content) == (202, b"")


def test_an_answer_to_what_was_never_asked_is_taken_in_the_older_era_alone(post):
    posted = {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert post(posted).status_code == 202
    assert post(posted, **ROUTED).status_code == 400


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (BOTH, 200),
        ("Application/JSON;q=0.9, Text/Event-Stream", 200),
        ("*/*", 200),
        ("application/json", 406),
        ("text/event-stream", 406),
        ("text/html", 406),
    ],
)
def test_the_modern_era_takes_clients_of_both_media_types_alone(post, accept, status):
    answer = post(listing(), **ROUTED, Accept=accept)
    assert answer.status_code == status
    assert answer.content == b"" or status == 200


def test_what_is_no_json_by_its_type_is_refused(post):
    answer = post(b"{}", **{"Content-Type": "text/plain"})
    assert answer.status_code == 415


MODERN_META = {f"{OF}protocolVersion": MODERN, f"{OF}clientCapabilities": {}}
OTHER_META = MODERN_META | {f"{OF}protocolVersion": "2027-01-01"}
CALLING = listing(
    method="tools/call", params={"name": "list_memories", "arguments": {}, "_meta": MODERN_META}
)
CALLED = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", ROUTED, 400, -32700),
        (b"\xff", ROUTED, 400, -32700),
        ([listing()], ROUTED, 400, -32600),
        (listing(jsonrpc="1.0"), ROUTED, 400, -32600),
        (listing(method=None), ROUTED, 400, -32600),
        (listing(params=[1]), ROUTED, 400, -32600),
        (listing(id=True), ROUTED, 400, -32600),
        (listing(id=1.5), ROUTED, 400, -32600),
    ],
)
def test_what_is_no_request_is_refused_without_an_id(post, body, headers, status, code):
    answer = post(body, **headers)
    assert answer.status_code == status
    told = answer.json()
    assert (told["id"], told["error"]["code"]) == (None, code)


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (listing(params={}), ROUTED, 400, -32602),
        (listing(params={"_meta": None}), ROUTED, 400, -32602),
        (listing(params={"_meta": {f"{OF}protocolVersion": MODERN}}), ROUTED, 400, -32602),
        (listing(), {"Mcp-Method": "tools/list"}, 400, -32020),
        (listing(), {**ROUTED, "MCP-Protocol-Version": "2025-11-25"}, 400, -32020),
        (listing(), {"MCP-Protocol-Version": MODERN}, 400, -32020),
        (listing(), {**ROUTED, "Mcp-Method": "tools/call"}, 400, -32020),
        (CALLING, CALLED, 400, -32020),
        (CALLING, {**CALLED, "Mcp-Name": "get_memory"}, 400, -32020),
        (CALLING, {**CALLED, "Mcp-Name": "=?base64?!!!?="}, 400, -32020),
        # The headers are looked at before it is asked whether the revision is served.
        (listing(params={"_meta": OTHER_META}), ROUTED, 400, -32020),
        (
            listing(params={"_meta": OTHER_META}),
            {**ROUTED, "MCP-Protocol-Version": "2027-01-01"},
            400,
            -32022,
        ),
        (listing(method="nope"), {**ROUTED, "Mcp-Method": "nope"}, 404, -32601),
        (listing(method="ping"), {**ROUTED, "Mcp-Method": "ping"}, 404, -32601),
        (listing(method="initialize"), {**ROUTED, "Mcp-Method": "initialize"}, 404, -32601),
        (listing(method="tools/call"), {**ROUTED, "Mcp-Method": "tools/call"}, 400, -32602),
    ],
)
def test_a_faulty_request_of_the_modern_era_is_refused_by_its_id(post, body, headers, status, code):
    answer = post(body, **headers)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert (told["id"], told["error"]["code"]) == (7, code)


def test_a_revision_that_is_not_served_is_answered_with_those_that_are(post):
    body = listing(params={"_meta": OTHER_META})
    answer = post(body, **{**ROUTED, "MCP-Protocol-Version": "2027-01-01"})
    assert answer.json()["error"]["data"] == {"supported": [MODERN], "requested": "2027-01-01"}


def test_a_routing_header_that_is_sent_twice_is_refused():
    headers = {name.lower(): [value] for name, value in ROUTED.items()}
    headers |= {"accept": [BOTH], "content-type": ["application/json"]}
    headers["mcp-method"] = ["tools/list", "tools/list"]
    with pytest.raises(Failed) as refused:
        read(Incoming(headers, json.dumps(listing()).encode()), json.loads)
    assert refused.value.fault.code == -32020


def test_a_name_may_come_encoded(post):
    encoded = base64.b64encode(b"list_memories").decode()
    answer = post(CALLING, **CALLED, **{"Mcp-Name": f"=?base64?{encoded}?="})
    assert answer.json()["result"]["isError"] is False


def test_an_unknown_method_of_the_older_era_is_an_error_by_its_id(post):
    answer = post({"jsonrpc": "2.0", "id": "a", "method": "server/discover"})
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["error"]["code"]) == ("a", -32601)


def test_an_unknown_profile_is_refused(mina):
    assert Mcp(mina, path="/mcp?profile=other").post("tools/list").status_code == 400
