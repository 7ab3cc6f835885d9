"""What a file carries besides its text: private properties, and the same once more as one line."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google_docs.client.calls import File
from google_docs.text.canonical import digest
from memory_hub.core.errors import BadInput
from memory_hub.core.text import rfc3339

# Google's limit of key and value together, in UTF-8 bytes: 38 Korean letters.
PROPERTY_BYTES = 124
# Of Google's 30 properties per file and app.
MAX_ADMINS = 15
TITLE_LENGTH = 80
MARK = {"mh": "1"}
_INTRODUCTION = "A memory of Memory Hub; the line below belongs to it."


@dataclass(frozen=True)
class FileProperties:
    """A memory but for its text and its dates."""

    space: str
    author: int
    owner: str
    scope: str
    team_key: str | None
    category: str
    metadata: dict[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None

    def properties(self) -> dict[str, str | None]:
        """The private properties; null removes one. BadInput for a name that does not fit."""
        own: dict[str, str | None] = {
            **MARK,
            "space": self.space,
            "by": str(self.author),
            "scope": self.scope,
            "category": self.category,
            "team_key": self.team_key,
            "exp": rfc3339(self.expires_at) if self.expires_at else None,
        }
        for name in ("category", "team_key"):
            value = own[name] or ""
            if len(name) + len(value.encode()) > PROPERTY_BYTES:
                raise BadInput.at(
                    f"/{name}",
                    "too-many-bytes",
                    f"Google keeps at most {PROPERTY_BYTES - len(name)} bytes of UTF-8 here.",
                )
        return own

    def line(self) -> dict[str, Any]:
        """The facts as they are written: whose, where, and what goes along."""
        return {
            "mh": 1,
            "owner": self.owner,
            "scope": self.scope,
            "team_key": self.team_key,
            "category": self.category,
            "metadata": self.metadata,
        }

    def description(self, present: str = "") -> str:
        """The facts as a line of JSON, which a new Cloud project can still read, below what people
        wrote into the present description."""
        kept = [part for part in present.split("\n") if part != _INTRODUCTION and not _facts(part)]
        kept = kept if any(kept) else []
        return "\n".join([*kept, _INTRODUCTION, _written(self.line())])


def _written(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def has_line(file: File) -> bool:
    """Whether the description still has the facts: people may have written over them."""
    return bool(_line(file.get("description", "")))


def with_line(file: File, line: dict[str, Any]) -> File:
    """The file as if its description had the facts still."""
    return file | {"description": f"{file.get('description', '')}\n{_written(line)}"}


def is_memory(file: File) -> bool:
    """Whether the file carries our mark; any other one is never touched."""
    return file.get("appProperties", {}).get("mh") == "1"


def of(file: File) -> FileProperties:
    """The facts that a marked file carries."""
    own, line = file.get("appProperties", {}), _line(file.get("description", ""))
    metadata = line.get("metadata")
    return FileProperties(
        space=own.get("space", ""),
        author=number(own.get("by")),
        owner=str(line.get("owner", "")),
        scope=own.get("scope", "personal"),
        team_key=own.get("team_key"),
        category=own.get("category", "default"),
        metadata=metadata if isinstance(metadata, dict) else {},
        expires_at=end_of_life(file),
    )


def number(value: str | None) -> int:
    """The number that a property holds; 0 for what is none."""
    return int(value) if value and value.isdecimal() and value.isascii() else 0


def end_of_life(file: File) -> datetime | None:
    """When the memory expires; None where no time is written."""
    try:
        until = datetime.fromisoformat(file.get("appProperties", {}).get("exp", ""))
    except ValueError:
        return None
    return until if until.tzinfo else None


def _line(description: str) -> dict[str, Any]:
    """The line of facts in a description; people may have written around it, or over it."""
    found = (_facts(part) for part in reversed(description.split("\n")))
    return next((line for line in found if line), {})


def _facts(part: str) -> dict[str, Any]:
    if not part.startswith("{"):
        return {}
    try:
        line = json.loads(part)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) and line.get("mh") == 1 else {}


def of_text(text: str) -> dict[str, str]:
    """The properties that belong to a text: whether it was edited since, and its size."""
    return {"sha": digest(text), "len": str(len(text.encode()))}


def title(text: str) -> str:
    """The first line that is not empty, at most 80 characters."""
    lines = (line.strip() for line in text.split("\n"))
    return next((line for line in lines if line), "")[:TITLE_LENGTH]


def admin_key(permission_id: str) -> str:
    """The property that makes one of Google's writers an admin of ours."""
    return f"adm:{permission_id}"
