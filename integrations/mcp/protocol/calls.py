"""One request as it is carried out, whatever its revision."""

from dataclasses import dataclass, field
from typing import Any

from integrations.mcp.protocol.revisions import CAPABILITIES_MEMBER, MODERN, SUBSCRIPTION_MEMBER


@dataclass(slots=True)
class Call:
    """A request: ``params`` with everything that was sent, ``meta`` its ``_meta``.

    ``notices`` are messages that go out before the answer (`notify`).
    """

    id: str | int
    method: str
    params: dict[str, Any]
    meta: dict[str, Any]
    revision: str
    takes_stream: bool = True
    notices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_modern(self) -> bool:
        """Whether it is of the era without handshakes."""
        return self.revision == MODERN

    @property
    def capabilities(self) -> dict[str, Any]:
        """What its client can do; of one that said it in a handshake nothing is known."""
        return self.meta.get(CAPABILITIES_MEMBER, {})

    def notice(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """A message of the subscription that this call has begun."""
        params = {**params, "_meta": {SUBSCRIPTION_MEMBER: self.id}}
        return {"jsonrpc": "2.0", "method": method, "params": params}

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tells the client something before the answer, where it takes a stream."""
        if self.takes_stream:
            self.notices.append({"jsonrpc": "2.0", "method": method, "params": params})
