"""The permission matrix for restricted tokens: restriction × scope × operation, over HTTP."""

from typing import Any

import pytest

from superthread.scopes import MEMORIES_READ
from superthread.tests.access.matrix import (
    CALLERS,
    LISTINGS,
    OPERATIONS,
    PATH,
    SCOPES,
    Operation,
)
from superthread.tests.access.test_permission_matrix import (
    EMAIL,
    SPOILED,
    STALE,
    bare,
    call,
    prepare,
)
from superthread.tests.access.worlds import to_trash, world
from superthread.tests.restricted.worlds import RESTRICTIONS, is_for, restriction
from testing.examples import taken_back

# Operations that put the memory elsewhere: what of its place and category is another then.
MOVES = {
    "change category": {"category": "keys"},
    "change path": {"path": "keys/another.md"},
    "change scope": {"place": "personal"},
    "change content and scope": {"place": "personal"},
}


def expected(told: dict[str, Any], title: str, operation: Operation, place: str) -> tuple[int, str]:
    """Status and code of an answer to the owner of a memory, who may do all."""
    if told.get("read_only") and operation.needs != MEMORIES_READ:
        return 403, "missing-scope"
    before = {"place": place, "category": "matrix", "path": PATH}
    if not is_for(told, **before) or operation.granted:
        return 404, "not-found"
    if not is_for(told, **before | MOVES.get(title, {})):
        return 403, "token-restricted"
    return operation.status, "version-present" if title == "redact a version" else ""


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", RESTRICTIONS)
def test_each_operation_is_for_what_the_token_is_for(api, name, scope):
    made = world(scope, CALLERS["owner and member"], EMAIL)
    client = api(EMAIL, restriction=restriction(name))
    wrong = []

    def cell(title: str, operation: Operation) -> None:
        prepare(made, operation)
        answer = call(client, made, operation)
        status, code = expected(RESTRICTIONS[name], title, operation, made.team_key or scope)
        is_told = status >= 400 and operation.method != "HEAD"
        if answer.status_code != status or (is_told and answer.json()["code"] != code):
            wrong.append(f"{title}: {answer.status_code}, not {status} {code}: {answer.text[:200]}")
        if status == 404:
            absent = call(client, made, operation, doc_id=made.absent)
            if bare(answer) != bare(absent):
                wrong.append(f"{title}: hidden {bare(answer)} differs from absent {bare(absent)}")

    for title, operation in OPERATIONS.items():
        taken_back(lambda title=title, operation=operation: cell(title, operation))
    assert not wrong, "\n".join(wrong)


MADE = {"category": "matrix", "path": PATH}
NOT_FOR_IT = [
    (name, scope)
    for name, told in RESTRICTIONS.items()
    for scope in SCOPES
    if not is_for(told, place="alpha" if scope == "team" else scope, **MADE)
]


@pytest.mark.parametrize(("name", "scope"), NOT_FOR_IT)
def test_whatever_is_wrong_with_a_body_tells_nothing_of_what_the_token_is_not_for(api, name, scope):
    made = world(scope, CALLERS["owner and member"], EMAIL)
    client, told = api(EMAIL, restriction=restriction(name)), RESTRICTIONS[name]
    for title, operation in OPERATIONS.items():
        if operation.body is None or (told.get("read_only") and operation.needs != MEMORIES_READ):
            continue
        for spoiled in SPOILED.values():
            headers = {**STALE, **spoiled.get("headers", {})}
            answer = call(client, made, operation, **{**spoiled, "headers": headers})
            assert answer.status_code == 404, (title, answer.text)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", RESTRICTIONS)
def test_lists_hold_what_the_token_is_for(api, name, scope):
    made = world(scope, CALLERS["owner and member"], EMAIL)
    client, told = api(EMAIL, restriction=restriction(name)), RESTRICTIONS[name]
    shown = is_for(told, place=made.team_key or scope, **MADE)
    ids = [made.doc_id] if shown else []
    for title, listing in LISTINGS.items():
        path = f"/{listing.route}?{listing.query.format(scope=scope)}".rstrip("?")
        answer = client.request(listing.method, path, json=listing.body)
        assert [each["doc_id"] for each in answer.json()[listing.member]] == ids, title
    stats = client.get("/superthread/stats").json()
    assert (stats["total_documents"], sum(stats["by_category"].values())) == (len(ids), len(ids))
    assert stats["storage_used"] == (2 * stats["total_size"])
    facets = client.get("/superthread/facets?scope=all").json()
    assert facets["categories"] == ({"matrix": 1} if shown else {})
    one = client.get(f"/superthread/memories?ids={made.doc_id}").json()
    assert (len(one["memories"]), one["missing"]) == (len(ids), [] if shown else [made.doc_id])
    to_trash(made)
    assert [one["doc_id"] for one in client.get("/superthread/trash").json()["memories"]] == ids
