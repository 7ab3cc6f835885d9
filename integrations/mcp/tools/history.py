"""The versions of a memory: which there are, what changed, going back."""

from integrations.mcp.tools import showing
from integrations.mcp.tools.arguments import (
    CURSOR,
    IDEMPOTENT,
    PART,
    REVISION,
    WHICH,
    choice,
    chosen_id,
    expected,
    limit,
    require,
    said,
    whole,
)
from integrations.mcp.tools.tool import Args, Done, Told, Tool, Write
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from memory_hub.rate_limits.bill import charge_afterwards
from memory_hub.rate_limits.prices import BODY_BYTES, READ, WRITE
from superthread.reads.versions import list_versions, version_numbered
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.services import history

_VERSION = showing.schema(
    {
        "version": {"type": "integer"},
        "author": {"type": "string"},
        "created_at": {"type": "string"},
        "description": {"type": "string"},
        "path": {"type": "string"},
        "current": {"type": "boolean"},
    },
    *("version", "created_at"),
)


def memory_history(args: Args, by: Principal) -> Told | Write:
    """What the ``action`` says."""
    if args["action"] == "restore":
        return _restore(args, by)
    require(by, MEMORIES_READ)
    doc_id = chosen_id(args, by)
    if args["action"] == "versions":
        return _versions(doc_id, args, by)
    if args["action"] == "read":
        found = history.read_version(
            doc_id=doc_id, version_id=_version_id(doc_id, args["version"], by), by=by
        )
        told = showing.part("content", found["content"], args)
        return {"id": doc_id, "versions": [_listed(found)], **told}
    return _diff(doc_id, args, by)


def _versions(doc_id: str, args: Args, by: Principal) -> Told:
    asked = {"limit": args["limit"]} | said(args, "cursor")
    found, following = list_versions(doc_id=doc_id, by=by, **asked)
    return {"id": doc_id, "versions": [*map(_listed, found)], "next_cursor": following}


def _listed(version: Told) -> Told:
    told = {"version": version["number"]}
    told |= {name: version[name] for name in ("author", "created_at", "description", "path")}
    told |= {"current": True} if version["current"] else {}
    return {name: value for name, value in told.items() if value not in (None, "")}


def _diff(doc_id: str, args: Args, by: Principal) -> Told:
    old, new = args["version"], args["to_version"] or None
    if not old:
        raise BadInput.at("/version", "required", "Say from which version on (action: versions).")
    found = history.diff_versions(doc_id=doc_id, by=by, old=old, new=new)
    told = showing.part("diff", found["diff"], args)
    return {"id": doc_id, "from": found["from"], "to": found["to"], **told}


def _version_id(doc_id: str, number: int, by: Principal) -> str:
    if not number:
        raise BadInput.at("/version", "required", "Say which version (action: versions).")
    return version_numbered(doc_id=doc_id, number=number, by=by)


def _restore(args: Args, by: Principal) -> Write:
    require(by, MEMORIES_WRITE)
    doc_id, revisions = chosen_id(args, by), expected(args)
    version_id = _version_id(doc_id, args["version"], by)
    found = history.restorable(doc_id=doc_id, version_id=version_id, by=by)

    def carry_out() -> Done:
        row = history.restore(found, doc_id=doc_id, by=by, expected=revisions)
        charge_afterwards(row["size"] // BODY_BYTES)
        return Done(showing.receipt(row), showing.changed(row, by))

    return Write(doc_id, carry_out)


def _empty(args: Args, told: Told) -> str | None:
    is_same = "diff" in told and told["characters"] == 0
    return "The two versions have the same content." if is_same else None


MEMORY_HISTORY = Tool(
    name="memory_history",
    title="A memory's history",
    description=(
        "See how a memory came to be what it is, and undo a change of it. versions lists its kept "
        "states, newest first; read shows one; diff shows what changed from version to to_version "
        "(the present one unless told); restore makes an old version the present one, as a new "
        "version. To bring a deleted memory back use delete_memory with undo. A long text comes in "
        "parts: go on with offset = next_offset."
    ),
    properties={
        **WHICH,
        "action": choice(
            "What to do.", *("versions", "read", "diff", "restore"), default="versions"
        ),
        "version": whole("For read and restore: which one. For diff: from which on.", 0, 0, 2**53),
        "to_version": whole("For diff: up to which one; 0: the present one.", 0, 0, 2**53),
        "limit": limit(10),
        "cursor": CURSOR,
        **PART,
        "expected_revision": REVISION,
        **IDEMPOTENT,
    },
    output=showing.schema(
        {
            **showing.CHANGED["properties"],
            "versions": {"type": "array", "items": _VERSION},
            "next_cursor": showing.CURSOR,
            "content": {"type": "string"},
            "from": {"type": "integer"},
            "to": {"type": "integer"},
            "diff": {"type": "string"},
            "characters": {"type": "integer"},
            "next_offset": showing.OFFSET,
        },
        "id",
    ),
    handle=memory_history,
    again=showing.changed_before,
    scopes=(MEMORIES_READ, MEMORIES_WRITE),
    points=lambda args: WRITE if args["action"] == "restore" else READ,
    empty=_empty,
    writes=True,
    is_large=True,
)
