"""Saving memories, changing them, deleting them and bringing them back."""

from typing import Any

from integrations.mcp.tools import showing
from integrations.mcp.tools.arguments import (
    CATEGORY,
    IDEMPOTENT,
    REVISION,
    SCOPES,
    WHICH,
    choice,
    chosen_id,
    expected,
    flag,
    require,
    said,
    text,
    validated,
    where_of,
)
from integrations.mcp.tools.tool import Args, Done, Tool, Write
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from memory_hub.core.text import nfc
from memory_hub.rate_limits.prices import WRITE
from superthread.merge_patch import MetadataPatch
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.serializers.memories import MemoryMerge, NewMemory, Undeletion
from superthread.services import lifecycle, revise, save
from superthread.store_terms import Draft
from superthread.text_patch import TextReplacement

_EXPIRES = text("When it is to vanish: 2030-01-31T12:00:00Z.")
_METADATA: dict[str, Any] = {"type": "object", "default": {}}
_TAGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "default": []}


def _points(args: Args) -> int:
    return WRITE


def _done(row: Row, by: Principal) -> Done:
    return Done(showing.receipt(row), showing.changed(row, by))


def save_memory(args: Args, by: Principal) -> Write:
    """A new memory of the caller's."""
    require(by, MEMORIES_WRITE)
    given: dict[str, Any] = {"content": args["content"], "metadata": _with_tags(args)}
    given |= said(args, "category", "path", "team_key", "expires_at")
    given["scope"] = args["scope"] or ("team" if args["team_key"] else "personal")
    prepared = save.prepare([Draft(**validated(NewMemory, given))], by=by)
    return Write(None, lambda: _done(save.store(prepared), by))


def _with_tags(args: Args) -> dict[str, Any]:
    return args["metadata"] | ({"tags": args["tags"]} if args["tags"] else {})


SAVE_MEMORY = Tool(
    name="save_memory",
    title="Save a memory",
    description=(
        "Remember something new for later conversations: a decision and why, a preference, a fact "
        "about a person or a project, what was learned. Use it when the user asks to remember "
        "something, or when something was settled that will matter again. Write it so that it can "
        "be understood alone; one matter a memory. Search first: if there is one about it already, "
        "use update_memory instead."
    ),
    properties={
        "content": {"type": "string", "description": "What to remember, in Markdown."},
        "category": CATEGORY,
        "tags": {**_TAGS, "description": "A few words to find it by."},
        "path": text("An address of your choosing, such as notes/deploy.md; unique in its place."),
        "scope": choice(
            "Who is to see it: personal (the user alone) unless told; team, with team_key; public, "
            "for everybody.",
            *("", *SCOPES),
        ),
        "team_key": text("The team that it is for."),
        "expires_at": _EXPIRES,
        "metadata": {**_METADATA, "description": "Further facts as JSON, such as a source."},
        **IDEMPOTENT,
    },
    required=("content",),
    output=showing.CHANGED,
    handle=save_memory,
    again=showing.changed_before,
    scopes=(MEMORIES_WRITE,),
    points=_points,
    writes=True,
)


def update_memory(args: Args, by: Principal) -> Write:
    """A change of some of a memory's fields."""
    require(by, MEMORIES_WRITE)
    changes = validated(MemoryMerge, _changes(args)) if _changes(args) else {}
    if args["old_text"]:
        # Whether a text is in a memory is told to those who may read it.
        require(by, MEMORIES_READ)
        changes["content"] = _replacement(args)
    if not changes:
        detail = "Say what is to change: content, old_text and new_text, or another field."
        raise BadInput.at("", "empty", detail)
    if "metadata" in changes:
        changes["metadata"] = MetadataPatch(changes["metadata"])
    doc_id = chosen_id(args, by)
    ready = revise.prepare(doc_id=doc_id, changes=changes, by=by, expected=expected(args))
    return Write(doc_id, lambda: _done(revise.write(ready, by=by), by))


def _changes(args: Args) -> dict[str, Any]:
    """As a merge patch of REST."""
    if args["old_text"] and args["content"]:
        detail = "Give either content, for all of it, or old_text and new_text, for a part."
        raise BadInput.at("/content", "either-or", detail)
    if args["new_text"] and not args["old_text"]:
        raise BadInput.at("/old_text", "required", "Say which text new_text takes the place of.")
    changes = said(args, "content", "category", "expires_at")
    metadata = args["metadata"] | ({"tags": args["tags"]} if args["tags"] else {})
    if metadata:
        changes["metadata"] = metadata
    if args["new_path"]:
        changes["path"] = args["new_path"]
    if args["new_scope"]:
        changes["scope"] = args["new_scope"]
    if args["new_team_key"]:
        changes |= {"scope": args["new_scope"] or "team", "team_key": args["new_team_key"]}
    return changes | dict.fromkeys(args["clear"])


def _replacement(args: Args) -> TextReplacement:
    try:
        old, new = nfc(args["old_text"]), nfc(args["new_text"])
    except ValueError as error:
        raise BadInput.at("/new_text", "too-many-marks", str(error)) from None
    return TextReplacement(old, new, args["replace_all"])


UPDATE_MEMORY = Tool(
    name="update_memory",
    title="Change a memory",
    description=(
        "Correct or extend a memory that is there: when something that was remembered is no longer "
        "so, or more is known about it. Change a part with old_text (copied exactly from "
        "get_memory) and new_text, or all of it with content. What is not named stays. The state "
        "before is kept: see memory_history."
    ),
    properties={
        **WHICH,
        "content": text("The whole new content, in place of the old one."),
        "old_text": text("A piece of the content, exactly as it is there, once."),
        "new_text": text("What takes its place; empty: it is taken out."),
        "replace_all": flag("Replace old_text wherever it is."),
        "category": CATEGORY,
        "tags": {**_TAGS, "description": "All tags that it is to have."},
        "metadata": {
            **_METADATA,
            "description": "Facts to add or change; null removes one, others stay.",
        },
        "new_path": text("Where it is to be from now on."),
        "new_scope": choice("Who is to see it from now on.", "", *SCOPES),
        "new_team_key": text("The team that it is to be for."),
        "expires_at": _EXPIRES,
        "clear": {
            "type": "array",
            "items": {"type": "string", "enum": ["path", "expires_at", "metadata"]},
            "default": [],
            "description": "What it is not to have any more.",
        },
        "expected_revision": REVISION,
        **IDEMPOTENT,
    },
    output=showing.CHANGED,
    handle=update_memory,
    again=showing.changed_before,
    scopes=(MEMORIES_WRITE,),
    points=_points,
    writes=True,
    destroys=True,
)


def delete_memory(args: Args, by: Principal) -> Write:
    """To the trash, for good, or back."""
    require(by, MEMORIES_WRITE)
    if args["undo"] and args["permanent"]:
        raise BadInput.at("/undo", "either-or", "Give either undo or permanent.")
    if args["undo"]:
        return _undelete(args, by)
    doc_id, revisions = chosen_id(args, by), expected(args)
    act = lifecycle.purge if args["permanent"] else lifecycle.trash

    def carry_out() -> Done:
        act(doc_id=doc_id, by=by, expected=revisions)
        told = {"id": doc_id, "state": "purged" if args["permanent"] else "in the trash"}
        return Done(told, told)

    return Write(doc_id, carry_out)


def _undelete(args: Args, by: Principal) -> Write:
    doc_id = where_of(args).id if args["id"] else ""
    if not doc_id:
        raise BadInput.at("/id", "required", "What was deleted has no path; give its id.")
    named = validated(Undeletion, {"path": args["new_path"]}) if args["new_path"] else None

    def carry_out() -> Done:
        row = lifecycle.undelete(doc_id=doc_id, by=by, named=named)
        state = {"state": "restored"}
        return Done(showing.receipt(row) | state, showing.changed(row, by) | state)

    return Write(doc_id, carry_out)


DELETE_MEMORY = Tool(
    name="delete_memory",
    title="Delete a memory, or undo that",
    description=(
        "Forget a memory, when the user asks for it or when it is wrong as a whole: it goes to the "
        "trash and can be brought back for 30 days with undo (list_memories with trash finds it). "
        "For what has merely changed use update_memory. With permanent nobody can bring it back: "
        "only if the user says so."
    ),
    properties={
        **WHICH,
        "undo": flag("Bring the deleted memory with this id back."),
        "new_path": text("With undo: another path, where its own is taken by now."),
        "permanent": flag("Delete for good. There is no undo."),
        "expected_revision": REVISION,
        **IDEMPOTENT,
    },
    output=showing.schema(
        {**showing.CHANGED["properties"], "state": {"type": "string"}}, "id", "state"
    ),
    handle=delete_memory,
    again=showing.changed_before,
    scopes=(MEMORIES_WRITE,),
    points=_points,
    writes=True,
    destroys=True,
)
