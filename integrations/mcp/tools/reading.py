"""Finding memories and reading them."""

import re
import time
from functools import partial
from html import unescape
from typing import Any

from integrations.mcp.tools import showing
from integrations.mcp.tools.arguments import (
    CURSOR,
    PART,
    SCOPES,
    WHICH,
    choice,
    chosen,
    chosen_id,
    flag,
    limit,
    require,
    said,
    text,
    validated,
    whole,
)
from integrations.mcp.tools.tool import Args, Told, Tool
from memory_hub.accounts.principal import Principal
from memory_hub.core.request_stats import note_search
from memory_hub.rate_limits.prices import SEARCH
from superthread import limits
from superthread.feed import past
from superthread.feed.shown import note_shown
from superthread.questions import listed, searched
from superthread.reads import trash
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ
from superthread.search.service import ScoredMemory
from superthread.serializers.lists import ListQuery, MemoryQuery, TrashQuery
from superthread.serializers.searches import SearchBody

_MARK = re.compile("</?mark>")
_PLACE = {
    "scope": choice(
        "Where to look: all unless told. personal: the user's own; team; public.", "", *SCOPES
    ),
    "team_key": text("Only in this team."),
    "category": text("Only in this category."),
    "tag": text("Only with this tag."),
    "path_prefix": text("Only with a path that begins with this, such as notes/."),
}
_NARROWING = ("team_key", "category", "tag", "path_prefix", "cursor")


def search_memories(args: Args, by: Principal) -> Told:
    """The memories that answer the query, best first."""
    require(by, MEMORIES_READ)
    started = time.perf_counter_ns()
    given = {"query": args["query"], "limit": args["limit"], "scope": args["scope"] or "all"}
    asked = validated(SearchBody, given | said(args, *_NARROWING))
    page = searched(asked, by=by, show=partial(_result, by))
    note_search("superthread", len(page.results), time.perf_counter_ns() - started)
    told = {"results": page.results, "next_cursor": page.next_cursor}
    if page.excluded:
        told["excluded"] = page.excluded
    return told | ({"incomplete": True} if page.is_cut_short else {})


def _result(by: Principal, found: ScoredMemory) -> Told:
    plain = unescape(_MARK.sub("", found.highlight))
    return showing.item(found.row, by, plain) | {"score": round(found.score, 3)}


def _nothing_found(args: Args, told: Told) -> str | None:
    if told["results"]:
        return None
    if told["next_cursor"]:
        return "Nothing on this page; go on with the next_cursor."
    return "No memory matches. Try other or fewer words, or leave out filters."


SEARCH_MEMORIES = Tool(
    name="search_memories",
    title="Search memories",
    description=(
        "Find what was remembered about something, best match first. Use it before answering "
        "whenever earlier decisions, preferences, facts about people or projects, or anything the "
        'user may have told before could matter. Words are alternatives; a "quoted phrase" must '
        "occur, -word must not. Answers have excerpts; read one in full with get_memory."
    ),
    properties={
        "query": {"type": "string", "description": "What to look for, in a few words."},
        **_PLACE,
        "limit": limit(10),
        "cursor": CURSOR,
    },
    required=("query",),
    output=showing.schema(
        {
            "results": {
                "type": "array",
                "items": {
                    **showing.LIST_ITEM,
                    "properties": {**showing.LIST_ITEM["properties"], "score": {"type": "number"}},
                },
            },
            "next_cursor": showing.CURSOR,
            "excluded": {"type": "array", "items": {"type": "string"}},
            "incomplete": {"type": "boolean"},
        },
        *("results", "next_cursor"),
    ),
    handle=search_memories,
    scopes=(MEMORIES_READ,),
    points=lambda args: SEARCH,
    empty=_nothing_found,
)


def get_memory(args: Args, by: Principal) -> Told:
    """One memory as it is, or as it was, with as much of its content as is wanted."""
    require(by, MEMORIES_READ)
    row = _as_it_was(args, by) if args["at"] else _as_it_is(args, by)
    return showing.whole(row, by, args)


def _as_it_is(args: Args, by: Principal) -> Row:
    row = chosen(args, by)
    note_shown(row["id"], row["owner_id"], by=by)
    return row


def _as_it_was(args: Args, by: Principal) -> Row:
    at = validated(MemoryQuery, {"at": args["at"]})["at"]
    return past.find(doc_id=chosen_id(args, by), at=at, by=by)


GET_MEMORY = Tool(
    name="get_memory",
    title="Read a memory",
    description=(
        "Read one memory in full, by its id or its path. Use it when a search or a list has shown "
        "which one matters, and before changing a memory. A long one comes in parts: go on with "
        "offset = next_offset. With at it is read as it was then."
    ),
    properties={
        **WHICH,
        "at": text(
            "A moment such as 2026-07-28T09:00:00Z: what it said then. Only those who may change "
            "the memory may read that."
        ),
        **PART,
    },
    output=showing.WHOLE,
    handle=get_memory,
    scopes=(MEMORIES_READ,),
)


def list_memories(args: Args, by: Principal) -> Told:
    """A page of memories, newest change first or by path; or what is in the trash."""
    require(by, MEMORIES_READ)
    if args["trash"]:
        return _trashed(args, by)
    given: dict[str, Any] = {"scope": args["scope"] or "all", "limit": str(args["limit"])}
    given |= said(args, *_NARROWING, "sort") | {"content": "summary"}
    if args["depth"]:
        given["depth"] = str(args["depth"])
    asked = validated(ListQuery, given)
    page, _ = listed(asked, by=by, shape=showing.LISTED, show=partial(showing.item, by=by))
    return {"memories": page.items, "next_cursor": page.next_cursor}


def _trashed(args: Args, by: Principal) -> Told:
    asked = validated(TrashQuery, {"limit": str(args["limit"])} | said(args, "cursor"))
    items, following = trash.page(
        by=by,
        limit=asked["limit"],
        cursor=asked.get("cursor"),
        shape=showing.LISTED,
        show=partial(_trashed_item, by),
    )
    return {"memories": items, "next_cursor": following}


def _trashed_item(by: Principal, row: Row) -> Told:
    facts = trash.facts(row)
    return showing.item(row, by) | {name: facts[name] for name in ("deleted_at", "purge_at")}


def _nothing_listed(args: Args, told: Told) -> str | None:
    if told["memories"]:
        return None
    if told["next_cursor"]:
        return "Nothing on this page; go on with the next_cursor."
    return "The trash is empty." if args["trash"] else "There are no such memories."


LIST_MEMORIES = Tool(
    name="list_memories",
    title="List memories",
    description=(
        "See what there is, newest change first, or folder by folder by path_prefix. Use it to "
        "look over a place, a category or a tag; to find something by what it says use "
        "search_memories. With trash it lists what was deleted and can be brought back."
    ),
    properties={
        **_PLACE,
        "sort": choice(
            "updated, created, or path for those with paths; by path where path_prefix is given, "
            "else updated.",
            *("", "updated", "created", "path"),
        ),
        "depth": whole(
            "With path_prefix: how many folders deep; 0: all.", 0, 0, limits.PATH_SEGMENTS
        ),
        "trash": flag("List the trash instead; only limit and cursor count then."),
        "limit": limit(20),
        "cursor": CURSOR,
    },
    output=showing.schema(
        {
            "memories": {"type": "array", "items": showing.LIST_ITEM},
            "next_cursor": showing.CURSOR,
        },
        *("memories", "next_cursor"),
    ),
    handle=list_memories,
    scopes=(MEMORIES_READ,),
    empty=_nothing_listed,
)
