"""Every principal × scope × grant × operation over HTTP; the rows are in matrix.py."""

from typing import Any
from urllib.parse import quote

import pytest

from memory_hub.accounts.models import User
from memory_hub.accounts.scopes import every_scope
from superthread.tests.access import matrix
from superthread.tests.access.matrix import (
    CALLERS,
    ELSEWHERE,
    LISTINGS,
    OPERATIONS,
    SCOPES,
    Operation,
)
from superthread.tests.access.worlds import World, bad_tokens, to_trash, world
from superthread.tests.feed.acts import now
from superthread.tests.routes import methods, routes
from testing.examples import taken_back

KNOWN = dict(routes("superthread/"))
# What other routes of the contract bring is tested as soon as they are there.
PRESENT = {name: row for name, row in OPERATIONS.items() if row.route in KNOWN}
PRESENT_LISTINGS = {name: row for name, row in LISTINGS.items() if row.route in KNOWN}
SAME = {"X-Request-ID": "same"}
EMAIL = "caller@example.com"
STALE = {"If-Match": '"99"'}


def call(client, made: World, operation: Operation, *, doc_id: str | None = None, **options: Any):
    """Sends the operation; ``options`` replace its body or add headers."""
    headers = {**SAME, **dict(operation.headers), **options.pop("headers", {})}
    body = operation.body
    if body and "team_key" in body:
        body = {"team_key": made.team_key}
    if body is not None and not options:
        options = {"json": body}
    path = made.path(operation.route, doc_id)
    query = operation.query.format(now=quote(now())) if "{" in operation.query else operation.query
    path += f"?{query}" if query else ""
    return client.request(operation.method, path, headers=headers, **options)


def prepare(made: World, operation: Operation) -> None:
    if operation.trashed:
        to_trash(made)


def bare(answer) -> tuple[int, bytes, dict[str, str]]:
    """All that a client sees, but for what is left of its own rate: every call takes some."""
    headers = {k: v for k, v in answer.headers.items() if not k.startswith("ratelimit")}
    return answer.status_code, answer.content, headers


def test_every_route_of_memories_has_a_row():
    rows = {f"{row.method} {row.route}" for row in [*OPERATIONS.values(), *LISTINGS.values()]}
    missing = [
        f"{method} {template}"
        for template, view in KNOWN.items()
        for method in methods(view)
        if f"{method} {template}" not in rows | ELSEWHERE.keys()
    ]
    assert not missing, (
        f"No permission row for {missing}: add one to OPERATIONS, LISTINGS or (with its reason) "
        "ELSEWHERE in superthread/tests/access/matrix.py."
    )


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_each_operation_is_answered_as_the_role_says(api, name, scope):
    caller = CALLERS[name]
    client = api(EMAIL, is_superuser=caller.superuser)
    made, role = world(scope, caller, EMAIL), caller.role(scope)
    wrong = []

    def cell(title: str, operation: Operation) -> None:
        prepare(made, operation)
        answer = call(client, made, operation)
        expected = (
            404 if role == matrix.NONE else 403 if role < operation.least else operation.status
        )
        if operation.granted and not caller.grant:
            expected = 404
        code = None if answer.status_code < 400 or operation.method == "HEAD" else answer.json()
        if answer.status_code != expected:
            wrong.append(f"{title}: {answer.status_code}, not {expected}: {answer.text[:200]}")
        if expected == 403 and code["code"] != "role-too-low":
            wrong.append(f"{title}: code {code['code']}")
        if expected == 404:
            absent = call(client, made, operation, doc_id=made.absent)
            if bare(answer) != bare(absent):
                wrong.append(f"{title}: hidden {bare(answer)} differs from absent {bare(absent)}")

    for title, operation in PRESENT.items():
        taken_back(lambda title=title, operation=operation: cell(title, operation))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_lists_hold_a_memory_exactly_for_those_who_may_read_it(api, name, scope):
    caller = CALLERS[name]
    client = api(EMAIL)
    made, listed = world(scope, caller, EMAIL), caller.lists(scope)
    shown = {}
    for title, listing in PRESENT_LISTINGS.items():
        path = f"/{listing.route}?{listing.query.format(scope=scope)}".rstrip("?")
        options = {"json": listing.body} if listing.body else {}
        answer = client.request(listing.method, path, **options)
        assert answer.status_code == 200, (title, answer.text)
        ids = [each["doc_id"] for each in answer.json()[listing.member]]
        shown[title] = ids == [made.doc_id]
        assert shown[title] or ids == []
    stats = client.get("/superthread/stats").json()["total_documents"]
    assert (shown, stats) == (
        dict.fromkeys(shown, listed),
        1 if listed else 0,
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_without_a_good_credential_everything_is_401(api, nobody, scope):
    caller = CALLERS["owner"]
    client = api(EMAIL)
    made = world(scope, caller, EMAIL)
    headers = {"missing": {}} | {
        name: {"Authorization": value} for name, value in bad_tokens(client.user).items()
    }
    assert set(headers) == set(matrix.CREDENTIALS_REFUSED)
    for operation in PRESENT.values():
        for name, extra in headers.items():
            broken = call(nobody, made, operation, headers={**extra, **STALE}, content=b"{")
            assert broken.status_code == 401, (name, operation)
            assert broken.headers["WWW-Authenticate"].startswith("Bearer")
    User.objects.filter(pk=client.user.pk).update(is_active=False)
    for operation in PRESENT.values():
        assert call(client, made, operation).status_code == 401, (matrix.INACTIVE, operation)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_without_the_scope_is_403_before_anything_is_looked_up(api, scope):
    made = world(scope, CALLERS["owner"], (owner := api(EMAIL)).user.email)
    poor = {
        needed: api(owner.user.email, scopes=[each for each in every_scope() if each != needed])
        for needed in {operation.needs for operation in PRESENT.values()}
    }
    for title, operation in PRESENT.items():
        client = poor[operation.needs]
        answers = [
            call(client, made, operation),
            call(client, made, operation, doc_id=made.absent),
            call(client, made, operation, headers=STALE, content=b"{"),
        ]
        assert {answer.status_code for answer in answers} == {403}, title
        assert len({answer.content for answer in answers}) == 1, title
        if operation.method != "HEAD":
            assert answers[0].json()["code"] == "missing-scope"


SPOILED = {
    "wrong media type": {"content": b"content=x", "headers": {"Content-Type": "text/plain"}},
    "not JSON": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "unknown field": {"json": {"colour": "red"}},
}


@pytest.mark.parametrize("name", ["stranger", "viewer by grant", "owner"])
def test_existence_and_role_go_before_the_body_and_the_body_before_if_match(api, name):
    caller = CALLERS[name]
    client = api(EMAIL)
    made, role = world("personal", caller, EMAIL), caller.role("personal")
    for title, operation in PRESENT.items():
        if operation.body is None:
            continue
        for kind, spoiled in SPOILED.items():
            headers = {**STALE, **spoiled.get("headers", {})}
            answer = call(client, made, operation, **{**spoiled, "headers": headers})
            allowed = 415 if kind == "wrong media type" else 400
            expected = 404 if not role else 403 if role < operation.least else allowed
            assert answer.status_code == expected, (title, kind, answer.text)


@pytest.mark.parametrize("name", ["stranger", "viewer by grant", "owner"])
def test_a_stale_revision_is_told_to_those_who_may_change_it(api, name):
    caller = CALLERS[name]
    client = api(EMAIL)
    made, role = world("personal", caller, EMAIL), caller.role("personal")
    for title, operation in PRESENT.items():
        if not operation.conditional:
            continue

        def cell(title=title, operation=operation) -> None:
            prepare(made, operation)
            options = {"json": operation.body} if operation.body else {}
            if operation.body and "team_key" in operation.body:
                options = {"json": {"team_key": None}}
            answer = call(client, made, operation, headers=STALE, **options)
            expected = 404 if not role else 403 if role < operation.least else 412
            assert answer.status_code == expected, (title, answer.text)

        taken_back(cell)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_memory_in_the_trash_is_absent_for_its_owner_too(api, scope):
    client = api(EMAIL)
    made = world(scope, CALLERS["owner and member"], EMAIL)
    to_trash(made)
    for title in matrix.GONE_IN_TRASH:
        operation = PRESENT[title]
        gone = call(client, made, operation)
        absent = call(client, made, operation, doc_id=made.absent)
        assert (gone.status_code, bare(gone)) == (404, bare(absent)), title
