"""Faults by method id: what goes wrong, before or after the call took effect."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

When = Literal["before", "after"]
QUOTA_DETAILS = {"quota_limit_value": "60", "service": "docs.googleapis.com"}


@dataclass(frozen=True)
class Fault:
    """One fault; `before` means that the call had no effect.

    `kind` is `answer` (`status`, `body`, `headers`), `slow` (`seconds`, then the true answer),
    `rst` or `fin` (the connection ends without an answer), `truncate` (half of the answer) or
    `mistype` (the true answer, called something else).
    """

    kind: Literal["answer", "slow", "rst", "fin", "truncate", "mistype"]
    when: When = "before"
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def drive(cls, status: int, reason: str, message: str = "", **more: Any) -> "Fault":
        """An error in Drive's shape."""
        return cls("answer", status=status, body=drive_error(status, reason, message), **more)

    @classmethod
    def docs(cls, status: int, state: str, reason: str = "", **more: Any) -> "Fault":
        """An error in the shape of Docs and of the newer front end."""
        return cls("answer", status=status, body=docs_error(status, state, "", reason), **more)

    @classmethod
    def html(cls, status: int = 429, **more: Any) -> "Fault":
        """The page of the front end that suspects automated queries."""
        page = "<html><head><title>Sorry...</title></head><body>automated queries</body></html>"
        return cls("answer", status=status, body=page, **more)

    @classmethod
    def senseless(cls, content: bytes, content_type: str = "application/json") -> "Fault":
        """A 2xx whose content makes no sense."""
        return cls("answer", status=200, body=content, headers={"type": content_type})

    def after(self) -> "Fault":
        """The same fault, once the call took effect."""
        return replace(self, when="after")


class Faults:
    """The faults still to come, by method id, and a plan for everything else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queued: dict[str, list[Fault]] = {}
        self.plan: Callable[[str], Fault | None] = lambda method_id: None

    def add(self, method_id: str, fault: Fault, times: int = 1) -> None:
        """Let the next `times` calls of a method meet this fault."""
        with self._lock:
            self._queued.setdefault(method_id, []).extend([fault] * times)

    def clear(self) -> None:
        with self._lock:
            self._queued.clear()

    def next(self, method_id: str) -> Fault | None:
        """The fault that the call about to be answered meets, if any."""
        with self._lock:
            queued = self._queued.get(method_id)
            return queued.pop(0) if queued else self.plan(method_id)


def drive_error(status: int, reason: str, message: str = "", location: str = "") -> dict[str, Any]:
    """An error body of Drive."""
    message = message or reason
    item = {"domain": "global", "reason": reason, "message": message}
    if location:
        item |= {"locationType": "parameter", "location": location}
    return {"error": {"errors": [item], "code": status, "message": message}}


def docs_error(status: int, state: str, message: str, reason: str = "") -> dict[str, Any]:
    """An error body of Docs; `reason` adds the details of a quota error."""
    error: dict[str, Any] = {"code": status, "message": message or state, "status": state}
    if reason:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "googleapis.com",
                "metadata": QUOTA_DETAILS,
            }
        ]
    return {"error": error}
