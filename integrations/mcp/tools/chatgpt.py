"""The two tools that ChatGPT looks for, with their exact names, arguments and answers.

https://platform.openai.com/docs/mcp: `search` answers {results: [{id, title, url}]}, `fetch` {id,
title, text, url, metadata}, both also as JSON in one block of text.
"""

import time
from functools import partial
from typing import Any

from integrations.mcp.tools import showing
from integrations.mcp.tools.arguments import chosen, require, validated
from integrations.mcp.tools.tool import Args, Told, Tool
from memory_hub.accounts.principal import Principal
from memory_hub.core.links import address_of
from memory_hub.core.request_stats import note_search
from memory_hub.core.text import rfc3339
from memory_hub.rate_limits.prices import SEARCH
from superthread.feed.shown import PART, note_shown
from superthread.models import Scope
from superthread.questions import searched
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ
from superthread.search.service import ScoredMemory
from superthread.serializers.searches import SearchBody

RESULTS = 10
_TEXT = {"type": "string"}


def search(args: Args, by: Principal) -> Told:
    """The ten memories that answer the query best."""
    require(by, MEMORIES_READ)
    started = time.perf_counter_ns()
    asked = validated(SearchBody, {"query": args["query"], "limit": RESULTS})
    page = searched(asked, by=by, show=partial(_result, by))
    note_search("superthread", len(page.results), time.perf_counter_ns() - started)
    return {"results": page.results}


def _result(by: Principal, found: ScoredMemory) -> Told:
    note_shown(found.row["id"], found.row["owner_id"], by=by, kind=PART)
    return _named(found.row)


def _named(row: Row) -> Told:
    doc_id = str(row["doc_id"])
    return {
        "id": doc_id,
        "title": row["title"],
        "url": address_of(f"/memories/{doc_id}"),
    }


def fetch(args: Args, by: Principal) -> Told:
    """One memory, whole."""
    require(by, MEMORIES_READ)
    row = chosen({**args, "path": ""}, by)
    note_shown(row["id"], row["owner_id"], by=by)
    facts: dict[str, Any] = {
        "scope": Scope(row["scope"]).label,
        "team_key": row["team_key"],
        "path": row["path"],
        "category": row["category"],
        "owner": row["owner_email"],
        "updated_at": rfc3339(row["updated_at"]),
    }
    named = _named(row)
    told = {"id": named["id"], "title": named["title"], "text": row["content"], "url": named["url"]}
    return told | {"metadata": {name: fact for name, fact in facts.items() if fact is not None}}


SEARCH_TOOL = Tool(
    name="search",
    title="Search memories",
    description=(
        "Find what was remembered: decisions, preferences, facts about people and projects. "
        "Answers ids, titles and links, best match first; read one with fetch."
    ),
    properties={"query": {"type": "string", "description": "What to look for, in a few words."}},
    required=("query",),
    output=showing.schema(
        {
            "results": {
                "type": "array",
                "items": showing.schema(
                    {"id": _TEXT, "title": _TEXT, "url": _TEXT}, "id", "title", "url"
                ),
            }
        },
        "results",
    ),
    handle=search,
    scopes=(MEMORIES_READ,),
    points=lambda args: SEARCH,
)
FETCH_TOOL = Tool(
    name="fetch",
    title="Read a memory",
    description="Read one memory in full by an id that search has answered.",
    properties={"id": {"type": "string", "description": "The id of a result of search."}},
    required=("id",),
    output=showing.schema(
        {"id": _TEXT, "title": _TEXT, "text": _TEXT, "url": _TEXT, "metadata": {"type": "object"}},
        *("id", "title", "text", "url"),
    ),
    handle=fetch,
    scopes=(MEMORIES_READ,),
)
