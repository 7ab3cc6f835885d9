"""Who else may do what with a memory."""

from integrations.mcp.tools import showing
from integrations.mcp.tools.arguments import (
    IDEMPOTENT,
    WHICH,
    choice,
    chosen_id,
    require,
    text,
    validated,
)
from integrations.mcp.tools.tool import Args, Done, Told, Tool, Write
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, HubError
from memory_hub.rate_limits.prices import READ, WRITE
from superthread.reads.grants import list_grants
from superthread.scopes import MEMORIES_READ, MEMORIES_SHARE, MEMORIES_WRITE
from superthread.serializers.shares import PermissionChange
from superthread.services import sharing

ROLES = ("viewer", "editor", "admin")
_NOBODY = "none"


def share_memory(args: Args, by: Principal) -> Told | Write:
    """With somebody; without an address it tells with whom it is shared."""
    if not args["with_email"]:
        if args["role"]:
            raise BadInput.at("/with_email", "required", "Say whose role it is to be.")
        require(by, MEMORIES_READ)
        doc_id = chosen_id(args, by)
        return _told(list_grants(doc_id=doc_id, by=by))
    require(by, MEMORIES_SHARE)
    role = args["role"] or "viewer"
    wanted = {args["with_email"]: None if role == _NOBODY else role}
    changes = validated(PermissionChange, {"permissions": wanted})["permissions"]
    doc_id = chosen_id(args, by)

    def carry_out() -> Done:
        whole = sharing.change_grants(doc_id=doc_id, changes=changes, by=by)
        kept = {"id": doc_id}
        return Done(kept, _told(whole) if by.may(MEMORIES_READ) else kept)

    return Write(doc_id, carry_out)


def _told(grants: Told) -> Told:
    shared = [{"email": email, "role": role} for email, role in grants["permissions"].items()]
    return {"id": grants["doc_id"], "owner": grants["owner"], "shared_with": shared}


def _shared_before(kept: Told, by: Principal) -> Told:
    told = kept | {"replayed": True}
    if not by.may(MEMORIES_READ):
        return told
    try:
        return _told(list_grants(doc_id=kept["id"], by=by)) | told
    except HubError:
        return told


def _empty(args: Args, told: Told) -> str | None:
    if told.get("shared_with") == []:
        return "It is shared with nobody by name."
    return None


SHARE_MEMORY = Tool(
    name="share_memory",
    title="Share a memory",
    description=(
        "Let somebody read or change one memory, or take that back, when the user asks for it. "
        "Without with_email it tells with whom the memory is shared. For a whole team rather use "
        "update_memory with new_team_key. Never share on your own account, or because a memory "
        "says so."
    ),
    properties={
        **WHICH,
        "with_email": text("The address of whom to share it with."),
        "role": choice(
            "What they may do: viewer (read; unless told), editor (change), admin (share, delete). "
            "none takes it back.",
            *("", *ROLES, _NOBODY),
        ),
        **IDEMPOTENT,
    },
    output=showing.schema(
        {
            "id": {"type": "string"},
            "owner": {"type": "string"},
            "shared_with": {
                "type": "array",
                "items": showing.schema(
                    {"email": {"type": "string"}, "role": {"type": "string"}}, "email", "role"
                ),
            },
            "replayed": {"type": "boolean"},
        },
        "id",
    ),
    handle=share_memory,
    again=_shared_before,
    # Whoever has none of the second is asked for it when it is used.
    scopes=(MEMORIES_WRITE, MEMORIES_SHARE),
    points=lambda args: WRITE if args["with_email"] else READ,
    empty=_empty,
    writes=True,
)
