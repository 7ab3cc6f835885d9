"""Memories as resources: listed by recency, read as Markdown; places as lists of links."""

from functools import partial
from typing import Any

from integrations.mcp.addresses import Address, address_of
from integrations.mcp.caller import Caller
from integrations.mcp.gathering import gathered, page
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import INVALID_PARAMS, RESOURCE_NOT_FOUND, Fault
from integrations.mcp.tools.arguments import chosen, require
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import NotFound
from memory_hub.core.text import rfc3339
from superthread.feed.shown import PART, note_shown
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ

READ = "resources/read"
MARKDOWN = "text/markdown"
PAGE, LINKS = 50, 50
TEMPLATES = (
    ("memory://id/{id}", "A memory by its id", "As search_memories and list_memories answer it."),
    ("memory://personal/{+path}", "A memory of your own by its path", "Such as notes/deploy.md."),
    ("memory://team/{team_key}/{+path}", "A team's memory by its path", "Such as notes/deploy.md."),
    ("memory://public/{+path}", "A public memory of your own by its path", "For everybody."),
    ("memory://team/{team_key}", "A team's memories", "What changed last there, as links."),
)


def list_resources(call: Call, caller: Caller) -> dict[str, Any]:
    """A page of what the caller may read, newest change first; nothing for a token that may not."""
    if not caller.by.may(MEMORIES_READ):
        return {"resources": []}
    cursor = call.params.get("cursor")
    if cursor is not None and not isinstance(cursor, str):
        raise Fault(INVALID_PARAMS, "params.cursor is the nextCursor of the page before.")
    asked = {"limit": str(PAGE), "scope": "all"} | ({"cursor": cursor} if cursor else {})
    items, following = page(caller.by, partial(_resource, caller.by), **asked)
    return {"resources": items} | ({"nextCursor": following} if following else {})


def _resource(by: Principal, row: Row) -> dict[str, Any]:
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    return {
        "uri": str(Address(id=str(row["doc_id"]))),
        "name": row["path"] or row["title"] or str(row["doc_id"]),
        "title": row["title"],
        "mimeType": MARKDOWN,
        "size": row["size"],
        "annotations": {"lastModified": rfc3339(row["updated_at"])},
    }


def list_templates(call: Call, caller: Caller) -> dict[str, Any]:
    """How addresses are made."""
    told = [
        {"uriTemplate": uri, "name": name, "title": name, "description": words}
        for uri, name, words in TEMPLATES
    ]
    return {"resourceTemplates": [one | {"mimeType": MARKDOWN} for one in told]}


def read_resource(call: Call, caller: Caller) -> dict[str, Any]:
    """A memory's content, or the list of a place. Raises NotFound, the same for what is hidden and
    what is not there."""
    uri = call.params.get("uri")
    if not isinstance(uri, str):
        raise Fault(INVALID_PARAMS, "params.uri must be the address of a memory.")
    require(caller.by, MEMORIES_READ)
    address = address_of(uri)
    if address is None:
        raise NotFound
    text = _text(address, caller.by)
    return {"contents": [{"uri": uri, "mimeType": MARKDOWN, "text": text}]}


def unknown(call: Call) -> Fault:
    """How it is told that there is no such resource."""
    code = INVALID_PARAMS if call.is_modern else RESOURCE_NOT_FOUND
    return Fault(code, "There is no such resource.", {"uri": call.params["uri"]})


def _text(address: Address, by: Principal) -> str:
    if not (address.id or address.path):
        return _index(address, by)
    row = chosen(address._asdict(), by)
    note_shown(row["id"], row["owner_id"], by=by)
    return row["content"]


def _index(address: Address, by: Principal) -> str:
    """What changed last in a place. Raises NotFound for a team that is not the caller's."""
    place = {"scope": address.scope}
    if address.team_key:
        if by.team(address.team_key) is None:
            raise NotFound
        place["team_key"] = address.team_key
    items = gathered(by, partial(_resource, by), limit=str(LINKS), **place)
    lines = [f"- [{_plain(one['title'] or one['name'])}]({one['uri']})" for one in items]
    return "\n".join(lines) or "There are no memories here."


def _plain(title: str) -> str:
    return title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
