"""A memory in Google Docs as clients see it."""

from typing import Any

from google_docs.calls import File
from google_docs.store import facts
from google_docs.text import digest
from superthread.policies import Role


def represent(
    file: File,
    role: Role,
    *,
    content: str | None = None,
    revision: str | None = None,
    exact: bool = True,
    source: str | None = None,
) -> dict[str, Any]:
    """The memory of the contract. `content` is null where it was not asked for, `revision` where
    Google tells none; `exact` is false for exported text (pending suggestions show in it)."""
    known, own = facts.of(file), file["appProperties"]
    size = len(content.encode()) if content is not None else facts.number(own.get("len"))
    memory = {
        "doc_id": file["id"],
        "scope": known.scope,
        "team_key": known.team_key,
        "category": known.category,
        "title": file["name"],
        "content": content,
        "metadata": known.metadata,
        "revision": revision,
        "owner": known.owner,
        "role": role.word,
        "size": size,
        "created_at": file["createdTime"],
        "updated_at": file["modifiedTime"],
        "expires_at": own.get("exp") if known.expires_at else None,
        "exact": exact,
        "link": file.get("webViewLink"),
    }
    if content is not None and exact:
        memory["edited_in_google"] = own.get("sha") != digest(content)
    if source:
        memory["source"] = source
    return memory
