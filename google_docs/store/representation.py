"""A memory in Google Docs as clients see it."""

from typing import Any

from google_docs.client.calls import File
from google_docs.errors import GoogleDocsError, counted
from google_docs.store import file_properties
from google_docs.text.canonical import digest
from google_docs.text.pieces import Shown
from superthread.policies import Role


def represent(
    file: File,
    role: Role,
    shown: Shown | GoogleDocsError | None = None,
    *,
    source: str | None = None,
) -> dict[str, Any]:
    """The memory of the contract. `content` is null where it was not asked for, and where it could
    not be read, with the reason; `revision` where Google tells none."""
    known, own = file_properties.of(file), file.get("appProperties", {})
    failure = shown if isinstance(shown, GoogleDocsError) else None
    shown = None if isinstance(shown, GoogleDocsError) else shown
    content = shown.text if shown else None
    size = len(content.encode()) if content is not None else file_properties.number(own.get("len"))
    memory = {
        "doc_id": file["id"],
        "scope": known.scope,
        "team_key": known.team_key,
        "category": known.category,
        "title": file["name"],
        "content": content,
        "metadata": known.metadata,
        "revision": shown.revision if shown else None,
        "owner": known.owner,
        "role": role.word,
        "size": size,
        "created_at": file["createdTime"],
        "updated_at": file["modifiedTime"],
        "expires_at": own.get("exp") if known.expires_at else None,
        "exact": shown is not None and shown.exact,
        "link": file.get("webViewLink"),
    }
    if shown is not None:
        memory |= {"lossy": counted(shown.lossy), "tabs": shown.tabs}
        memory["edited_in_google"] = own.get("sha") != digest(shown.text)
    if failure is not None:
        memory["unreadable"] = {"code": failure.code, "detail": str(failure)}
    if source:
        memory["source"] = source
    return memory
