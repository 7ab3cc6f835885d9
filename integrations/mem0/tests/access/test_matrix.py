"""Every call × principal × restricted token: as REST answers, so does the door."""

import json
from typing import Any

import pytest

from integrations.mem0.tests.access.rows import ACTS, ELSEWHERE, LISTS, PLACES, Act, Listed
from integrations.mem0.views.refused import RefusedView
from memory_hub.accounts.scopes import every_scope
from superthread.models import Memory
from superthread.services.upkeep import identifying
from superthread.tests.access.matrix import CALLERS, CREDENTIALS_REFUSED, Operation
from superthread.tests.access.test_permission_matrix import EMAIL, call, prepare
from superthread.tests.access.worlds import World, world
from superthread.tests.restricted.worlds import RESTRICTIONS, restriction
from superthread.tests.routes import methods, routes
from testing.examples import taken_back

EVERYBODY = [(name, None) for name in CALLERS]
RESTRICTED = [("owner and member", name) for name in RESTRICTIONS]


def ask(client: Any, method: str, route: str, body: Any = None, doc_id: str = "") -> Any:
    path = f"/mem0/{route.replace('<str:doc_id>', doc_id)}/"
    if body is None:
        return client.request(method, path)
    content = json.dumps(body).replace("{id}", doc_id)
    headers = {"Content-Type": "application/json"}
    return client.request(method, path, content=content, headers=headers)


def of_the_door(client: Any, made: World, act: Act, doc_id: str = "") -> tuple[int, str]:
    prepare(made, act.twin)
    answer = ask(client, act.method, act.route, act.body, doc_id or made.doc_id)
    return answer.status_code, answer.json()["detail"] if answer.status_code >= 400 else ""


def of_rest(client: Any, made: World, twin: Operation) -> tuple[int, str]:
    prepare(made, twin)
    answer = call(client, made, twin)
    return answer.status_code, answer.json()["detail"] if answer.status_code >= 400 else ""


def unlike(client: Any, made: World, act: Act) -> str | None:
    """How the door answers otherwise than REST; None: it does not."""
    rest = taken_back(lambda: of_rest(client, made, act.twin))
    told = taken_back(lambda: of_the_door(client, made, act))
    if rest[0] < 400:
        return None if told[0] == 200 else f"REST lets, the door says {told}"
    if told[0] != rest[0] or not told[1].endswith(rest[1]):
        return f"REST says {rest}, the door {told}"
    if told[0] == 404:
        absent = taken_back(lambda: of_the_door(client, made, act, made.absent))
        return None if absent == told else f"hidden: {told}, absent: {absent}"
    return None


@pytest.fixture(params=[*EVERYBODY, *RESTRICTED], ids=lambda one: one[1] or one[0])
def who(request, api):
    """``who(scope)``: a memory of that scope that is of ann, and a client that stands to it as the
    case says."""
    name, restricted = request.param
    caller = CALLERS[name]

    def make(scope: str) -> tuple[Any, World]:
        made = world(scope, caller, EMAIL)
        of_ann(made)
        limits = {"restriction": restriction(restricted)} if restricted else {}
        return api(EMAIL, is_superuser=caller.superuser, **limits), made

    return make


def of_ann(made: World) -> None:
    Memory.objects.filter(pk=made.memory["id"]).update(metadata={"user_id": "ann"})
    assert list(identifying.fill()) == [1]


def test_every_call_has_a_row():
    known = {f"{one.method} {one.route}" for one in (*ACTS.values(), *LISTS.values())}
    found = {
        f"{method} {template.removeprefix('mem0/')}"
        for template, view in routes("mem0/")
        for method in methods(view)
        if view is not RefusedView  # one answer to all: test_calls.py
    }
    assert found == known | ELSEWHERE.keys(), "See integrations/mem0/tests/access/rows.py."


@pytest.mark.parametrize("scope", PLACES)
def test_a_call_answers_as_rest_does(who, scope):
    client, made = who(scope)
    wrong = {title: unlike(client, made, act) for title, act in ACTS.items()}
    assert not any(wrong.values()), {title: said for title, said in wrong.items() if said}


def listed_by_rest(client: Any) -> list[str]:
    answer = client.get("/superthread/memories?scope=all").json()
    return [one["doc_id"] for one in answer["memories"]]


def ids(client: Any, row: Listed) -> list[str]:
    path = f"/mem0/{row.route}/{row.query}"
    answer = client.request(row.method, path, **({"json": row.body} if row.body else {}))
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["results"]]


@pytest.mark.parametrize("scope", PLACES)
def test_lists_hold_what_lists_of_rest_hold(who, scope):
    client, _ = who(scope)
    shown = listed_by_rest(client)
    wrong = {title: found for title, row in LISTS.items() if (found := ids(client, row)) != shown}
    assert not wrong, (shown, wrong)
    # Nothing of theirs is found as somebody else's.
    for row in LISTS.values():
        if row.body and "OR" not in str(row.body):
            other = json.loads(json.dumps(row.body).replace('"ann"', '"bob"'))
            assert ids(client, row._replace(body=other)) == []


@pytest.mark.parametrize("scope", PLACES)
def test_entities_count_what_lists_hold(who, scope):
    client, _ = who(scope)
    shown = listed_by_rest(client)
    told = client.get("/mem0/v1/entities/").json()
    counts = [(one["name"], one["total_memories"]) for one in told["results"]]
    assert counts == ([("ann", len(shown))] if shown else [])
    assert told["count"] == len(counts)


@pytest.mark.parametrize("scope", PLACES)
def test_nobody_deletes_all_of_anothers(who, scope):
    client, made = who(scope)
    held = client.get(f"/superthread/memories/{made.doc_id}").json()
    mine = held.get("owner") == EMAIL and held.get("role") == "owner"
    for path in ("v1/memories/?user_id=ann", "v2/entities/user/ann/"):
        answer = taken_back(lambda path=path: client.delete(f"/mem0/{path}"))
        if answer.status_code == 403:  # a token for reading
            continue
        assert answer.json()["deleted_count"] == (1 if mine else 0)


def test_who_saves_owns_what_they_save(who):
    client, _ = who("team")
    rest = {"content": "New.", "category": "mem0", "metadata": {"user_id": "eve"}}
    lets = taken_back(lambda: client.post("/superthread/memories", json=rest))
    body = {"messages": "New.", "user_id": "eve"}
    for route in ("v3/memories/add", "v1/memories"):
        told = taken_back(lambda route=route: ask(client, "POST", route, body))
        assert (told.status_code == 200) is (lets.status_code == 201), told.text
        if told.status_code == 200:
            assert told.json()["results"][0]["user_id"] == "eve"
        else:
            assert told.json()["code"] == lets.json()["code"]


def test_a_token_without_the_scope_is_refused_before_anything_is_looked_up(api):
    made = world("team", CALLERS["owner and member"], EMAIL)
    for title, act in ACTS.items():
        needed = act.twin.needs
        client = api(EMAIL, scopes=[each for each in every_scope() if each != needed])
        told = [of_the_door(client, made, act, one) for one in ("", made.absent)]
        assert told[0] == told[1], title
        assert told[0][0] == 403, title
        assert needed in told[0][1], title
    blind = api(EMAIL, scopes=["memories:write"])
    for row in LISTS.values():
        assert ask(blind, row.method, row.route, row.body).status_code == 403
    (written,) = ask(
        blind, "POST", "v3/memories/add", {"messages": "Tea.", "user_id": "ann"}
    ).json()["results"]
    assert written.keys() == {"id", "event"}


def test_a_credential_that_is_none_is_refused_by_every_call(nobody):
    assert CREDENTIALS_REFUSED
    for template, view in routes("mem0/"):
        path = "/" + template.replace("<str:doc_id>", "x").replace("<str:kind>", "user")
        for method in methods(view):
            answer = nobody.request(method, path, headers={"Authorization": "Token mh_no"})
            assert answer.status_code in (401, 404), (method, path)
            assert answer.headers["Content-Type"] == "application/json"
