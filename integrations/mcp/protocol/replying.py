"""From what came of a call to an HTTP answer."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import Fault, Refused
from integrations.mcp.protocol.reading import JSON, STREAM
from integrations.mcp.protocol.revisions import SERVER_MEMBER, SUBSCRIPTION_MEMBER

# What an answer says of how long it may be kept: all is one caller's, and may change at once.
CACHED = ("server/discover", "tools/list", "prompts/list", "resources/list")
CACHED += ("resources/templates/list", "resources/read")
KEEPING = {"ttlMs": 0, "cacheScope": "private"}
# Of a stream: nobody on the way may keep or change it.
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class Reply(NamedTuple):
    """An answer over HTTP; without a media type it has no body."""

    status: int
    body: bytes = b""
    media_type: str | None = None
    headers: dict[str, str] = {}


ACCEPTED = Reply(202)


def finished(call: Call, result: dict[str, Any], server: Mapping[str, Any]) -> Reply:
    """The answer of a call that was carried out; ``server`` is the server's name and version."""
    if call.is_modern:
        kept = KEEPING if call.method in CACHED else {}
        meta = {SERVER_MEMBER: server, **result.get("_meta", {})}
        result = {"resultType": "complete", **kept, **result, "_meta": meta}
    return _reply(200, call, {"jsonrpc": "2.0", "id": call.id, "result": result})


def failed(call: Call, fault: Fault) -> Reply:
    """The answer of one that was not."""
    message = {"jsonrpc": "2.0", "id": call.id, "error": fault.as_json()}
    return _reply(fault.status(modern=call.is_modern), call, message)


def refused(refusal: Refused) -> Reply:
    """The answer to what is no request."""
    if refusal.fault is None:
        return Reply(refusal.status)
    told = {"jsonrpc": "2.0", "id": None, "error": refusal.fault.as_json()}
    return Reply(refusal.status, orjson.dumps(told), JSON)


def _reply(status: int, call: Call, message: dict[str, Any]) -> Reply:
    if not call.notices:
        return Reply(status, orjson.dumps(message), JSON)
    frames = b"".join(frame(one) for one in (*call.notices, message))
    return Reply(200, frames, STREAM, STREAM_HEADERS)


def subscribed(call: Call, accepted: dict[str, Any]) -> dict[str, Any]:
    """The first message of a subscription: what of it is going to be told."""
    return call.notice("notifications/subscriptions/acknowledged", {"notifications": accepted})


def subscription_ended(call: Call) -> dict[str, Any]:
    """The last one: nothing was lost on the way."""
    result = {"resultType": "complete", "_meta": {SUBSCRIPTION_MEMBER: call.id}}
    return {"jsonrpc": "2.0", "id": call.id, "result": result}


def frame(message: dict[str, Any]) -> bytes:
    """A message as an event of a stream."""
    return b"event: message\ndata: " + orjson.dumps(message) + b"\n\n"
