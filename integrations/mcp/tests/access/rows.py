"""The tools' matrix as data: each act beside the REST request that does the same.

``{id}`` in arguments is the memory's of a world (superthread/tests/access). What REST answers to
whom is its own matrix; a row says that the tool answers the same. A tool must have a row: in ACTS
where it takes one memory, in LISTS where it shows many, in ELSEWHERE with the reason.
"""

from typing import Any, NamedTuple

import pytest

from integrations.mcp.tools.catalog import CHATGPT, DEFAULT
from superthread.scopes import MEMORIES_WRITE
from superthread.tests.access import matrix
from superthread.tests.access.matrix import OPERATIONS, PATH, WORD, Operation

# A team's memory is where callers differ most; the others take as long again, each, and go to one
# kind of database: who may do what is asked of both kinds by the matrix of REST.
PLACES = [
    "team",
    pytest.param("personal", marks=[pytest.mark.drill, pytest.mark.only_on("sqlite")]),
    pytest.param("public", marks=[pytest.mark.drill, pytest.mark.only_on("postgresql")]),
]


class Act(NamedTuple):
    """A call of a tool, and the request of REST that does the same."""

    tool: str
    arguments: dict[str, Any]
    twin: Operation
    profile: str = DEFAULT


def _at(place: str, method: str, least: int, body: Any = None) -> Operation:
    """A request by path, which takes no id."""
    needs = matrix.MEMORIES_READ if method == "GET" else MEMORIES_WRITE
    route = f"superthread/by-path/{place}/{PATH}"
    return Operation(method, route, least, 200, needs, body=body)


_ONE = {"id": "{id}"}
_READ = OPERATIONS["read"]
_CHANGE = OPERATIONS["change content"]
_CONTENT = {"content": "Mina has the key."}
_TEAM = {"path": PATH, "scope": "team", "team_key": "alpha"}

ACTS = {
    "read": Act("get_memory", _ONE, _READ),
    "read as it was": Act(
        "get_memory", _ONE | {"at": "{now}"}, OPERATIONS["read as it was"]
    ),
    "read by an address": Act("get_memory", {"id": "memory://id/{id}"}, _READ),
    "read one's own by its path": Act(
        "get_memory", {"path": PATH}, _at("personal", "GET", matrix.VIEWER)
    ),
    "read a public one by its path": Act(
        "get_memory", {"path": PATH, "scope": "public"}, _at("public", "GET", matrix.VIEWER)
    ),
    "read a team's by its path": Act(
        "get_memory", _TEAM, _at("team/alpha", "GET", matrix.VIEWER)
    ),
    "fetch": Act("fetch", _ONE, _READ, CHATGPT),
    "change content": Act("update_memory", _ONE | _CONTENT, _CHANGE),
    "change a part": Act(
        "update_memory", _ONE | {"old_text": WORD, "new_text": "wombat"}, _CHANGE
    ),
    "change category": Act(
        "update_memory", _ONE | {"category": "keys"}, OPERATIONS["change category"]
    ),
    "change metadata": Act(
        "update_memory", _ONE | {"metadata": {"a": 1}}, OPERATIONS["change metadata"]
    ),
    "change expiry": Act(
        "update_memory",
        _ONE | {"expires_at": "2100-01-01T00:00:00Z"},
        OPERATIONS["change expiry"],
    ),
    "change scope": Act(
        "update_memory", _ONE | {"new_scope": "personal"}, OPERATIONS["change scope"]
    ),
    "change path": Act(
        "update_memory", _ONE | {"new_path": "keys/another.md"}, OPERATIONS["change path"]
    ),
    "change content and scope": Act(
        "update_memory",
        _ONE | {"content": "Mina.", "new_scope": "personal"},
        OPERATIONS["change content and scope"],
    ),
    "delete": Act("delete_memory", _ONE, OPERATIONS["delete"]),
    "delete a team's by its path": Act(
        "delete_memory", _TEAM, _at("team/alpha", "DELETE", matrix.ADMIN)
    ),
    "purge": Act("delete_memory", _ONE | {"permanent": True}, OPERATIONS["purge"]),
    "undelete": Act("delete_memory", _ONE | {"undo": True}, OPERATIONS["undelete"]),
    "list versions": Act("memory_history", _ONE, OPERATIONS["list versions"]),
    "read a version": Act(
        "memory_history",
        _ONE | {"action": "read", "version": 1},
        OPERATIONS["read a version"],
    ),
    "compare versions": Act(
        "memory_history",
        _ONE | {"action": "diff", "version": 1},
        OPERATIONS["compare versions"],
    ),
    "restore a version": Act(
        "memory_history",
        _ONE | {"action": "restore", "version": 1},
        OPERATIONS["restore a version"],
    ),
    "list grants": Act("share_memory", _ONE, OPERATIONS["list grants"]),
    "grant": Act(
        "share_memory",
        _ONE | {"with_email": "jun@example.com", "role": "admin"},
        OPERATIONS["grant"],
    ),
    "withdraw a grant": Act(
        "share_memory",
        _ONE | {"with_email": "jun@example.com", "role": "none"},
        OPERATIONS["withdraw a grant"],
    ),
}  # fmt: skip


class Listed(NamedTuple):
    """A call that shows many memories, and the member of its answer that has them."""

    tool: str
    arguments: dict[str, Any]
    member: str
    profile: str = DEFAULT


LISTS = {
    "list": Listed("list_memories", {}, "memories"),
    "list of one scope": Listed("list_memories", {"scope": "{scope}"}, "memories"),
    "list by path": Listed("list_memories", {"path_prefix": "keys/", "depth": 1}, "memories"),
    "list by category": Listed("list_memories", {"category": "matrix"}, "memories"),
    "search": Listed("search_memories", {"query": WORD}, "results"),
    "search by path": Listed(
        "search_memories", {"query": WORD, "path_prefix": "keys/"}, "results"
    ),
    "search of ChatGPT's": Listed("search", {"query": WORD}, "results", CHATGPT),
}  # fmt: skip

# Why a tool has no row above, and where it is tested instead.
ELSEWHERE = {"save_memory": "makes a memory: test_who_saves.py"}

# By what it reads of a memory or of a place: an address, and the request of REST. None: a list.
RESOURCES: dict[str, tuple[str, Operation | None]] = {
    "memory://id/{id}": ("memory://id/{id}", _READ),
    "memory://personal/{+path}": (
        f"memory://personal/{PATH}",
        _at("personal", "GET", matrix.VIEWER),
    ),
    "memory://team/{team_key}/{+path}": (
        f"memory://team/alpha/{PATH}",
        _at("team/alpha", "GET", matrix.VIEWER),
    ),
    "memory://public/{+path}": (f"memory://public/{PATH}", _at("public", "GET", matrix.VIEWER)),
    "memory://team/{team_key}": ("memory://team/alpha", None),
}
