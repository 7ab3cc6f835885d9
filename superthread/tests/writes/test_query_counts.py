"""How many SQL statements a route takes: a fixed number, whatever there is to see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, Memory
from superthread.services import revise
from superthread.services.save import save_all
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from superthread.tests.routes import methods, routes

POSTGRES = connection.vendor == "postgresql"
LOCK = 1 if POSTGRES else 0  # SQLite's transactions lock by beginning
# Every request reads its token with its user in one statement.
TOKEN = 1

# "METHOD route": statements after the token's, without those that write for other rooms (a save is
# one of these: test_round_trips.py) and without savepoints.
COUNTS = {
    "GET superthread/memories": 1,
    "GET superthread/memories?scope=all": 1,
    "POST superthread/memories": 0,
    "GET superthread/memories/<str:doc_id>": 1,
    "PATCH superthread/memories/<str:doc_id>": 4 + LOCK,
    "DELETE superthread/memories/<str:doc_id>": 3 + LOCK,
    "DELETE superthread/memories/<str:doc_id>?permanent=true": 11 + LOCK,
    "POST superthread/memories/<str:doc_id>/undelete": 3 + LOCK,
    "GET superthread/permissions/<str:doc_id>": 2,
    "POST superthread/permissions/<str:doc_id>": 5 + LOCK,
    "GET superthread/shares": 1,
    "GET superthread/facets": 3,
    "POST superthread/memories/<str:doc_id>/transfer": 3 + LOCK,
    "GET superthread/transfers": 1,
    "GET superthread/versions/<str:doc_id>": 2,
    "POST superthread/versions/<str:doc_id>": 5 + LOCK,
    "GET superthread/versions/<str:doc_id>/<str:version_id>": 2,
    "GET superthread/versions/<str:doc_id>/diff?from=1": 3,
    "POST superthread/versions/<str:doc_id>/restore/<str:version_id>": 6 + LOCK,
    "GET superthread/by-path/personal/<path:path>": 1,
    "PUT superthread/by-path/personal/<path:path>": 5 + LOCK,
    "DELETE superthread/by-path/personal/<path:path>": 4 + LOCK,
    "GET superthread/stats": 3,
    "GET superthread/info": 0,
    "GET superthread/health": 1,
    "GET accounts/me": 0,
    "GET accounts/tokens": 1,
    "GET accounts/teams": 2,
    "GET accounts/teams/<str:team_key>": 2,
}
BODIES = {
    "PUT superthread/by-path/personal/<path:path>": {"content": "Changed.", "category": "b"},
    "POST superthread/memories/<str:doc_id>/transfer": {"to": "a@example.com"},
    "POST superthread/memories": {"content": "A new one."},
    "PATCH superthread/memories/<str:doc_id>": {"content": "Changed.", "category": "b"},
    "POST superthread/permissions/<str:doc_id>": {
        "permissions": {"a@example.com": "viewer", "b@example.com": None}
    },
}
TEAMS = 'FROM "accounts_membership" INNER JOIN "accounts_team"'  # the caller's, for the cache's key
# PostgreSQL is asked by the name of a statement that it has planned before.
PREPARED_TEAMS = 'EXECUTE "accounts_membership_'
ROOMS = (
    "superthread_search",
    "superthread_link",
    "superthread_path",
    "journal_",
    "idempotency_",
    "hub_job",
)
# Of the jobs, on PostgreSQL.
CLOCK = "SELECT clock_timestamp()"
# PostgreSQL: keys for further memories, taken ahead.
KEYS = "SELECT nextval("
OTHERS = (*ROOMS, CLOCK, KEYS, "SAVEPOINT", "pg_advisory", TEAMS, PREPARED_TEAMS)
# Counted where they are written and tested.
ELSEWHERE = (
    "by-path/team",
    "by-path/public",
    "categories/rename",
    "superthread/shares/",
    "superthread/changes",
    "superthread/audit",
    "superthread/holds",
    "/redact/",
    "superthread/webhooks",
    "superthread/imports",
    "superthread/exports",
    "/batch/",
    "superthread/search",
    "similar",
    "/links",
    "trash",
)


def grow(email: str, factor: int) -> Memory:
    """A memory with ``factor`` versions and grants, among ``factor`` memories and teams."""
    for number in range(factor):
        services.place_member(key=f"team{number}", email=email, role="member", by=OPERATOR)
        services.place_member(
            key=f"team{number}", email="other@example.com", role="admin", by=OPERATOR
        )
    owner = person(email)
    rows = save_all([Draft(f"memory of {number}") for number in range(factor)], by=owner)
    doc_id = str(rows[0]["doc_id"])
    for number in range(factor):
        revise.revise(doc_id=doc_id, changes={"content": f"state {number}"}, by=owner)
        Grant.objects.create(memory_id=rows[0]["id"], email=f"g{number}@example.com", role=1)
    save_all(
        [Draft(f"of a team {number}", "team", team_key="team0") for number in range(factor)],
        by=person("other@example.com"),
    )
    return Memory.objects.get(pk=rows[0]["id"])


def statements(client: Any, case: str, memory: Memory) -> list[str]:
    """The SQL of one request that succeeds."""
    method, _, path = case.partition(" ")
    version = memory.versions.order_by("number").first()
    path = path.replace("<str:doc_id>", str(memory.doc_id)).replace("<str:team_key>", "team0")
    path = path.replace("<str:version_id>", str(version.version_id))
    if "<path:path>" in path:
        client.patch(f"/superthread/memories/{memory.doc_id}", json={"path": f"a/{memory.doc_id}"})
        path = path.replace("<path:path>", f"a/{memory.doc_id}")
    if "undelete" in path:
        client.delete(f"/superthread/memories/{memory.doc_id}")
    body = {"json": BODIES[case]} if case in BODIES else {}
    with CaptureQueriesContext(connection) as captured:
        answer = client.request(method, f"/{path}", **body)
    assert answer.status_code < 300, answer.text
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def warm(mina) -> Callable[..., list[str]]:
    """``warm(case, memory)``: the statements of a caller whose token was used a moment ago."""
    mina.get("/accounts/me")
    return lambda case, memory: statements(mina, case, memory)


def of_the_core(sql: list[str]) -> list[str]:
    return [each for each in sql if not any(word in each for word in OTHERS)]


@pytest.mark.parametrize("case", COUNTS)
def test_a_route_takes_a_fixed_number_of_statements(warm, case):
    few = warm(case, grow("mina@example.com", 1))
    many = warm(case, grow("mina@example.com", 12))
    assert len(of_the_core(few)) == TOKEN + COUNTS[case], "\n".join(few)
    assert len(many) <= len(few), "\n".join(many)


def test_the_use_of_a_token_is_noted_once_a_minute(mina):
    memory = grow("mina@example.com", 1)
    case = "GET accounts/tokens"
    first, second = (statements(mina, case, memory) for _ in range(2))
    assert len(first) == len(second) + 1
    assert any(sql.startswith("UPDATE") for sql in first)


def test_every_route_of_memories_has_its_number():
    known = {case.partition("?")[0] for case in COUNTS}
    missing = [
        f"{method} {template}"
        for template, view in routes("superthread/")
        for method in methods(view)
        if f"{method} {template}" not in known and not any(part in template for part in ELSEWHERE)
    ]
    assert not missing, f"Add {missing} to COUNTS in superthread/tests/writes/test_query_counts.py."


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer mh_0"}, {"Authorization": "Bearer mh_" + "0" * 36}],
    ids=["no credential", "malformed", "wrong checksum"],
)
def test_what_cannot_be_a_token_is_refused_without_a_statement(nobody, headers):
    with CaptureQueriesContext(connection) as captured:
        assert nobody.get("/superthread/memories", headers=headers).status_code == 401
    assert captured.captured_queries == []
