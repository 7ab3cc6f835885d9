"""What a server offers, by method: the layer answers what is the same for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import METHOD_NOT_FOUND, Fault
from integrations.mcp.protocol.revisions import HANDSHAKE, MODERN, NEWEST_HANDSHAKE

Caller = TypeVar("Caller")
Handler = Callable[[Call, Caller], dict[str, Any]]
INITIALIZE, DISCOVER, PING = "initialize", "server/discover", "ping"


@dataclass(frozen=True)
class Server(Generic[Caller]):
    """``methods`` of requests and what carries them out: a function of the call and of whoever
    asks, which returns the result's members. Raises Fault. ``capabilities`` are those that are
    declared; ``info`` is the server's name and version; ``instructions`` say to a model what the
    server is for.
    """

    info: Mapping[str, Any]
    methods: Mapping[str, Handler[Caller]]
    capabilities: Mapping[str, Any]
    instructions: Callable[[], str] = field(default=lambda: "")

    def greeting(self, call: Call) -> dict[str, Any] | None:
        """The result of a call by which a client begins, or sees whether the server is there; None
        for any other. It depends on nobody."""
        if call.is_modern:
            return self._discovered() if call.method == DISCOVER else None
        if call.method == PING:
            return {}
        return self._initialized(call) if call.method == INITIALIZE else None

    def _discovered(self) -> dict[str, Any]:
        told = {"supportedVersions": [MODERN], "capabilities": dict(self.capabilities)}
        return told | self._instructed()

    def _initialized(self, call: Call) -> dict[str, Any]:
        asked = call.params.get("protocolVersion")
        # Nothing is told where no stream is open, and there is none in this era.
        silent = {
            name: {key: value for key, value in said.items() if key not in _TOLD_LATER}
            for name, said in self.capabilities.items()
        }
        told = {
            "protocolVersion": asked if asked in HANDSHAKE else NEWEST_HANDSHAKE,
            "capabilities": silent,
            "serverInfo": dict(self.info),
        }
        return told | self._instructed()

    def _instructed(self) -> dict[str, Any]:
        text = self.instructions()
        return {"instructions": text} if text else {}

    def carry_out(self, call: Call, caller: Caller) -> dict[str, Any]:
        """The result of any other call. Raises Fault."""
        return self.method(call)(call, caller)

    def method(self, call: Call) -> Handler[Caller]:
        """What carries a call out. Raises Fault for a method that is not served."""
        handler = self.methods.get(call.method)
        if handler is None:
            raise Fault(METHOD_NOT_FOUND, "There is no such method.", call.method)
        return handler


_TOLD_LATER = ("listChanged", "subscribe")
