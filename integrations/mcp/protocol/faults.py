"""What is wrong with a message, as its sender is told: JSON-RPC errors with their HTTP status."""

from typing import Any

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND = -32700, -32600, -32601
INVALID_PARAMS, INTERNAL_ERROR = -32602, -32603
# Of the protocol's own: routing headers that say another thing than the body, what the client has
# not declared that it can do, a revision that is not served. -32002 is of the handshake era alone.
HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION = -32020, -32021, -32022
RESOURCE_NOT_FOUND = -32002

_MODERN_STATUS = {METHOD_NOT_FOUND: 404, INTERNAL_ERROR: 200}


class Fault(Exception):
    """An error of a JSON-RPC request. ``data`` is anything that can be JSON."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.data = code, data

    def status(self, *, modern: bool) -> int:
        """The HTTP status: since 2026-07-28 it says what kind of error it is."""
        return _MODERN_STATUS.get(self.code, 400) if modern else 200

    def as_json(self) -> dict[str, Any]:
        """The ``error`` member."""
        told = {"code": self.code, "message": str(self)}
        return told if self.data is None else told | {"data": self.data}


class Refused(Exception):
    """A request that is answered by its HTTP status alone, or by an error without an id."""

    def __init__(self, status: int, fault: Fault | None = None) -> None:
        super().__init__(str(fault or status))
        self.status, self.fault = status, fault


def malformed(code: int, message: str) -> Refused:
    """What is no request at all."""
    return Refused(400, Fault(code, message))
