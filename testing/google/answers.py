"""How a method of the double answers."""

from dataclasses import dataclass, field
from typing import Any

from testing.google.faults import docs_error, drive_error
from testing.google.masks import Mask
from testing.google.world import Caller


@dataclass(frozen=True)
class Call:
    """One validated request."""

    caller: Caller
    params: dict[str, str]
    mask: Mask | None
    body: dict[str, Any]
    media: tuple[str, bytes] | None  # content type and bytes
    root: str

    def flag(self, name: str) -> bool:
        return self.params.get(name) == "true"


@dataclass(frozen=True)
class Raw:
    """An answer that is not JSON."""

    content: bytes
    content_type: str = "text/plain"


@dataclass
class Refused(Exception):
    """An error answer."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def drive_refuses(status: int, reason: str, message: str = "", location: str = "") -> Refused:
    return Refused(status, drive_error(status, reason, message, location))


def docs_refuses(status: int, state: str, message: str = "") -> Refused:
    return Refused(status, docs_error(status, state, message))


def no_such_file(file_id: str) -> Refused:
    return drive_refuses(404, "notFound", f"File not found: {file_id}.", "fileId")
