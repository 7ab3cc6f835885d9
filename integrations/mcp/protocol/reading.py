"""From a POST to a call: the checks of both eras, in the order that their clients expect."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
    Fault,
    Refused,
    malformed,
)
from integrations.mcp.protocol.revisions import (
    CAPABILITIES_MEMBER,
    HANDSHAKE,
    MODERN,
    UNSAID,
    VERSION_MEMBER,
)

JSON, STREAM = "application/json", "text/event-stream"
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "mcp-protocol-version", "mcp-method", "mcp-name"
ROUTING = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)
# The parameter that the header `Mcp-Name` repeats.
NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
Headers = Mapping[str, Sequence[str]]
_ENCODED, _END = "=?base64?", "?="


class Incoming(NamedTuple):
    """A POST: its headers by their names in lower case, each with all its values, and its body."""

    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The values of a header, with commas between them; empty where there is none."""
        return ", ".join(self.headers.get(name, ()))


class Failed(Exception):
    """A request with an id that is refused by ``fault``."""

    def __init__(self, call: Call, fault: Fault) -> None:
        super().__init__(str(fault))
        self.call, self.fault = call, fault


def read(incoming: Incoming, loads: Callable[[bytes], Any]) -> Call | None:
    """The call of a POST; None for a message that is taken without an answer (202).

    ``loads`` reads JSON and raises ValueError. Raises Refused where the message is none, and
    Failed for a request that cannot be carried out.
    """
    takes_stream = _check_media(incoming)
    try:
        message = loads(incoming.body)
    except ValueError as error:
        raise malformed(PARSE_ERROR, str(error)) from None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise malformed(INVALID_REQUEST, "One JSON-RPC 2.0 message is expected, and no batch.")
    params = message.get("params")
    params = {} if params is None else params
    meta = params.get("_meta") if isinstance(params, dict) else None
    meta = {} if meta is None else meta
    modern = _is_modern(incoming.headers, meta)
    if not modern and "method" not in message and ("result" in message or "error" in message):
        # An answer to what this server never asks.
        return None
    if not _is_request(message, params, meta):
        raise malformed(INVALID_REQUEST, "A request has a method, an id, and params by name.")
    if "id" not in message:
        return None
    said = incoming.headers.get(VERSION_HEADER, ())
    revision = MODERN if modern else (said[0] if said else UNSAID)
    call = Call(message["id"], message["method"], params, meta, revision, takes_stream)
    if modern:
        _check_modern(call, incoming.headers)
    return call


def _check_media(incoming: Incoming) -> bool:
    """Whether the client takes a stream. Raises Refused for what it does not take, or has sent."""
    accepted = incoming.header("accept").lower() or "*/*"
    anything = "*/*" in accepted
    modern = any(one not in HANDSHAKE for one in incoming.headers.get(VERSION_HEADER, ()))
    takes = {kind: anything or kind in accepted for kind in (JSON, STREAM)}
    # Before 2026-07-28 clients that take no stream are served, too.
    if not (all(takes.values()) if modern else any(takes.values())):
        raise Refused(406)
    if incoming.header("content-type").partition(";")[0].strip().lower() != JSON:
        raise Refused(415)
    return takes[STREAM]


def _is_modern(headers: Headers, meta: Any) -> bool:
    """By the header, and by what the body says of itself: where they differ it is a fault that the
    era of 2026-07-28 tells."""
    said = headers.get(VERSION_HEADER, ())
    return any(one not in HANDSHAKE for one in said) or (
        isinstance(meta, dict) and VERSION_MEMBER in meta
    )


def _is_request(message: dict[str, Any], params: Any, meta: Any) -> bool:
    named = isinstance(params, dict) and isinstance(meta, dict)
    known = "id" not in message or _is_id(message["id"])
    return named and known and isinstance(message.get("method"), str)


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _check_modern(call: Call, headers: Headers) -> None:
    fault = _modern_fault(call, headers)
    if fault is not None:
        raise Failed(call, fault)


def _modern_fault(call: Call, headers: Headers) -> Fault | None:
    for name in ROUTING:
        if len(headers.get(name, ())) > 1:
            return Fault(HEADER_MISMATCH, f"The header {name} is sent twice.")
    version = call.meta.get(VERSION_MEMBER)
    if not isinstance(version, str) or not isinstance(call.meta.get(CAPABILITIES_MEMBER), dict):
        members = f"{VERSION_MEMBER} and {CAPABILITIES_MEMBER}"
        return Fault(INVALID_PARAMS, f"params._meta must have {members}.")
    named = NAMED_BY.get(call.method)
    said = {VERSION_HEADER: version, METHOD_HEADER: call.method}
    if named is not None and isinstance(call.params.get(named), str):
        said[NAME_HEADER] = call.params[named]
    for name, value in said.items():
        if _decoded(headers.get(name, ())) != value:
            return Fault(HEADER_MISMATCH, f"The header {name} must repeat the body: {value[:200]}")
    if version != MODERN:
        data = {"supported": [MODERN], "requested": version}
        return Fault(UNSUPPORTED_VERSION, "This revision is not served.", data)
    return None


def _decoded(values: Sequence[str]) -> str | None:
    """A routing header's value; None where there is none that can be read."""
    if not values:
        return None
    value = values[0].strip()
    if not (value.startswith(_ENCODED) and value.endswith(_END)):
        return value
    try:
        return base64.b64decode(value[len(_ENCODED) : -len(_END)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
