"""The layer by itself, with what the hub's own tools have no use for."""

import json

import pytest

from integrations.mcp.protocol import replying
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import MISSING_CAPABILITY, Fault
from integrations.mcp.protocol.revisions import CAPABILITIES_MEMBER, MODERN
from integrations.mcp.protocol.server import Server

INFO = {"name": "of a test", "version": "1"}


def count(call, caller):
    """Tells how far it is."""
    token = call.meta.get("progressToken")
    for number in (1, 2):
        call.notify("notifications/progress", {"progressToken": token, "progress": number})
    return {"content": [{"type": "text", "text": f"for {caller}"}]}


def ask(call, caller):
    """Needs an answer of the person first."""
    if "elicitation" not in call.capabilities:
        raise Fault(MISSING_CAPABILITY, "This needs elicitation.")
    return {"resultType": "input_required", "inputRequests": {}, "requestState": "x"}


SERVER = Server(info=INFO, methods={"count": count, "ask": ask}, capabilities={})


def call(method, revision=MODERN, takes_stream=True, **meta):
    return Call(7, method, {}, meta, revision, takes_stream)


def finished(asked):
    return replying.finished(asked, SERVER.carry_out(asked, "Mina"), INFO)


@pytest.mark.parametrize("revision", [MODERN, "2025-11-25"])
def test_what_is_told_before_an_answer_goes_out_as_a_stream(revision):
    reply = finished(call("count", revision, progressToken="t"))
    assert reply.media_type == "text/event-stream"
    frames = [one.partition(b"data: ")[2] for one in reply.body.split(b"\n\n")[:-1]]
    told = [json.loads(one) for one in frames]
    assert [one["params"]["progress"] for one in told[:2]] == [1, 2]
    assert told[2]["id"] == 7
    assert told[2]["result"]["content"][0]["text"] == "for Mina"


def test_a_client_that_takes_no_stream_gets_the_answer_alone():
    reply = finished(call("count", "2025-11-25", takes_stream=False))
    assert reply.media_type == "application/json"
    assert json.loads(reply.body)["id"] == 7


def test_a_result_may_want_input_first_and_a_capability_may_be_missing():
    asked = call("ask", **{CAPABILITIES_MEMBER: {"elicitation": {}}})
    assert json.loads(finished(asked).body)["result"]["resultType"] == "input_required"
    lacking = call("ask")
    with pytest.raises(Fault) as fault:
        SERVER.carry_out(lacking, "Mina")
    reply = replying.failed(lacking, fault.value)
    assert (reply.status, json.loads(reply.body)["error"]["code"]) == (400, -32021)
