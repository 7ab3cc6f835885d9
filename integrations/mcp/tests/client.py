"""A client of the protocol inside the test's process, of either era."""

import base64
from itertools import count
from typing import Any

from integrations.mcp.protocol.reading import NAMED_BY
from integrations.mcp.protocol.revisions import (
    CAPABILITIES_MEMBER,
    MODERN,
    NEWEST_HANDSHAKE,
    VERSION_MEMBER,
)

BOTH = "application/json, text/event-stream"


def _header(value: str) -> str:
    """A name as a header has it."""
    if value.isascii() and value.isprintable() and value == value.strip():
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


class Mcp:
    """Sends requests with the credential of `testing.clients.in_process.Client`."""

    def __init__(self, api: Any, revision: str = MODERN, path: str = "/mcp") -> None:
        self.api, self.revision, self.path = api, revision, path
        self._ids = count(1)

    @property
    def is_modern(self) -> bool:
        return self.revision == MODERN

    def message(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request as it goes over the wire."""
        params = dict(params or {})
        if self.is_modern:
            said = {VERSION_MEMBER: self.revision, CAPABILITIES_MEMBER: {}}
            params["_meta"] = said | params.get("_meta", {})
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}

    def headers(self, message: dict[str, Any]) -> dict[str, str]:
        """What goes with it."""
        told = {"Accept": BOTH, "MCP-Protocol-Version": self.revision}
        if self.is_modern:
            told["Mcp-Method"] = message["method"]
            named = NAMED_BY.get(message["method"])
            if isinstance(name := message["params"].get(named), str):
                told["Mcp-Name"] = _header(name)
        return told

    def post(self, method: str, params: dict[str, Any] | None = None, **headers: str) -> Any:
        """The answer over HTTP."""
        message = self.message(method, params)
        told = self.headers(message) | headers
        return self.api.post(self.path, json=message, headers=told)

    def result(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of a request that is carried out."""
        answer = self.post(method, params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert "result" in body, body
        return body["result"]

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a tool."""
        return self.result("tools/call", {"name": tool, "arguments": arguments})

    def told(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured content of a tool that succeeds."""
        result = self.call(tool, **arguments)
        assert not result["isError"], result
        return result["structuredContent"]

    def error(self, tool: str, **arguments: Any) -> str:
        """The text of a tool that fails."""
        result = self.call(tool, **arguments)
        assert result["isError"], result
        (block,) = result["content"]
        return block["text"]


def older(api: Any, path: str = "/mcp") -> Mcp:
    """A client of the newest revision with a handshake."""
    return Mcp(api, NEWEST_HANDSHAKE, path)
