"""The door's matrix as data: each call beside the REST request that may as much.

``{id}`` stands for the memory's id. What REST answers to whom is its own matrix; a row says that
the door answers the same. Every route and method has a row: in ACTS where it takes one memory, in
LISTS where it shows many, in ELSEWHERE with the reason.
"""

from typing import Any, NamedTuple

import pytest

from superthread.tests.access.matrix import OPERATIONS, WORD, Operation

# A team's memory is where callers differ most; the others take as long again, each, and go to one
# kind of database: who may do what is asked of both kinds by the matrix of REST.
PLACES = [
    "team",
    pytest.param("personal", marks=[pytest.mark.drill, pytest.mark.only_on("sqlite")]),
    pytest.param("public", marks=[pytest.mark.drill, pytest.mark.only_on("postgresql")]),
]
ONE = "v1/memories/<str:doc_id>"


class Act(NamedTuple):
    """A call about one memory, and the request of REST that may as much."""

    method: str
    route: str
    twin: Operation
    body: Any = None


_CHANGE = OPERATIONS["change content"]
_NAMED = {"memories": [{"memory_id": "{id}"}]}
ACTS = {
    "get": Act("GET", ONE, OPERATIONS["read"]),
    "update": Act("PUT", ONE, _CHANGE, {"text": "Mina has the key."}),
    "update metadata": Act("PUT", ONE, OPERATIONS["change metadata"], {"metadata": {"a": 1}}),
    "update expiry": Act(
        "PUT", ONE, OPERATIONS["change expiry"], {"expiration_date": "2100-01-01"}
    ),
    "delete": Act("DELETE", ONE, OPERATIONS["delete"]),
    "history": Act("GET", f"{ONE}/history", OPERATIONS["list versions"]),
    "batch update": Act(
        "PUT", "v1/batch", _CHANGE, {"memories": [{"memory_id": "{id}", "text": "Mina."}]}
    ),
    "batch delete": Act("DELETE", "v1/batch", OPERATIONS["delete"], _NAMED),
    "feedback": Act(
        "POST",
        "v1/feedback",
        OPERATIONS["change metadata"],
        {"memory_id": "{id}", "feedback": "POSITIVE"},
    ),
}


class Listed(NamedTuple):
    """A call that shows many memories."""

    method: str
    route: str
    body: Any = None
    query: str = ""


_ANN = {"filters": {"user_id": "ann"}}
_OLD = {"query": WORD, "user_id": "ann"}
LISTS = {
    "get_all": Listed("POST", "v3/memories", _ANN),
    "get_all by what is looked at": Listed(
        "POST", "v3/memories", {"filters": {"OR": [{"user_id": "ann"}, {"run_id": "1"}]}}
    ),
    "get_all of before": Listed("POST", "v2/memories", _ANN),
    "search": Listed("POST", "v3/memories/search", {"query": WORD, **_ANN}),
    "search of before": Listed("POST", "v2/memories/search", _OLD),
    "the first search": Listed("POST", "v1/memories/search", _OLD),
    "list of before": Listed("GET", "v1/memories", query="?user_id=ann"),
}
# Why a route and method has no row above, and where it is tested instead.
_COUNTS = "counts what lists show: test_entities_count_what_lists_hold"
_OWN = "deletes what is the caller's own: test_nobody_deletes_all_of_anothers"
_MAKES = "makes memories of the caller's own: test_who_saves"
_NOTHING = "nothing of anybody's: test_calls.py"
ELSEWHERE = {
    "GET v1/ping": _NOTHING,
    "GET ^[/]v1/ping$": _NOTHING,
    "POST v3/memories/add": _MAKES,
    "POST v1/memories": _MAKES,
    "DELETE v1/memories": _OWN,
    "DELETE v2/entities/<str:kind>/<path:name>": _OWN,
    "GET v2/entities/<str:kind>/<path:name>": _NOTHING,
    "GET v1/entities": _COUNTS,
    "GET api/v1/orgs/organizations/<str:org>/projects/<str:project>": _NOTHING,
    "PATCH api/v1/orgs/organizations/<str:org>/projects/<str:project>": _NOTHING,
}
