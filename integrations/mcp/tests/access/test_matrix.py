"""Every tool and resource × principal × restricted token: as REST answers, so does the tool."""

from typing import Any

import pytest

from integrations.mcp.offered import server
from integrations.mcp.resources import TEMPLATES
from integrations.mcp.tests.access.rows import (
    ACTS,
    ELSEWHERE,
    LISTS,
    PLACES,
    RESOURCES,
    Act,
    Listed,
)
from integrations.mcp.tests.client import Mcp
from integrations.mcp.tools.catalog import CHATGPT, PROFILES
from memory_hub.accounts.scopes import every_scope
from superthread.scopes import MEMORIES_READ
from superthread.tests.access.matrix import CALLERS, Operation
from superthread.tests.access.test_permission_matrix import EMAIL, call, prepare
from superthread.tests.access.worlds import World, to_trash, world
from superthread.tests.feed.acts import now
from superthread.tests.restricted.worlds import RESTRICTIONS, restriction
from testing.examples import taken_back

# Methods of the door that show memories otherwise than by a tool or a resource's address, and
# those that show none.
METHODS = {
    "tools/list": "by the token's scopes: test_door.py",
    "tools/call": "ACTS, LISTS",
    "resources/list": "test_lists_hold_what_lists_of_rest_hold",
    "resources/templates/list": "nothing of anybody's",
    "resources/read": "RESOURCES",
    "prompts/list": "test_prompts.py",
    "prompts/get": "test_prompts.py",
    "completion/complete": "test_completing_tells_what_lists_of_rest_hold",
}
EVERYBODY = [(name, None) for name in CALLERS]
RESTRICTED = [("owner and member", name) for name in RESTRICTIONS]


def door(client: Any, profile: str = "") -> Mcp:
    return Mcp(client, path=f"/mcp?profile={CHATGPT}" if profile else "/mcp")


def filled(made: World, arguments: dict[str, Any], doc_id: str = "") -> dict[str, Any]:
    """The arguments with what is of the world in its places."""

    def put(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if "{now}" in value:
            return value.replace("{now}", now())
        return value.replace("{id}", doc_id or made.doc_id)

    return {name: put(value) for name, value in arguments.items()}


def of_rest(client: Any, made: World, twin: Operation) -> tuple[int, str]:
    """Status of the request, and why where it is refused."""
    prepare(made, twin)
    answer = call(client, made, twin)
    return answer.status_code, answer.json()["detail"] if answer.status_code >= 400 else ""


def of_the_door(client: Any, made: World, act: Act, doc_id: str = "") -> tuple[bool, str]:
    """Whether the tool refuses, and its text."""
    prepare(made, act.twin)
    result = door(client, act.profile).call(act.tool, **filled(made, act.arguments, doc_id))
    return result["isError"], result["content"][0]["text"]


def unlike(client: Any, made: World, act: Act) -> str | None:
    """How the tool answers otherwise than REST; None: it does not."""
    status, detail = taken_back(lambda: of_rest(client, made, act.twin))
    refuses, text = taken_back(lambda: of_the_door(client, made, act))
    if refuses is not (status >= 400):
        return f"REST says {status}, the tool {text[:200]}"
    if status in (403, 404) and not text.startswith(f"Error: {detail}"):
        return f"REST says {detail}, the tool {text[:200]}"
    if status == 404 and "{id}" in str(act.arguments):
        absent = taken_back(lambda: of_the_door(client, made, act, made.absent))
        if absent != (refuses, text):
            return f"hidden: {text[:200]}, absent: {absent}"
    return None


@pytest.fixture(params=[*EVERYBODY, *RESTRICTED], ids=lambda one: one[1] or one[0])
def who(request, api):
    """``who(scope)``: a memory of that scope, and a client that stands to it as the case says."""
    name, restricted = request.param
    caller = CALLERS[name]

    def make(scope: str) -> tuple[Any, World]:
        made = world(scope, caller, EMAIL)
        limits = {"restriction": restriction(restricted)} if restricted else {}
        return api(EMAIL, is_superuser=caller.superuser, **limits), made

    return make


def test_every_tool_resource_and_method_has_a_row():
    rows = {one.tool for one in (*ACTS.values(), *LISTS.values())}
    missing = {name for tools in PROFILES.values() for name in tools} - rows - ELSEWHERE.keys()
    assert not missing, f"No row for {missing}: see integrations/mcp/tests/access/rows.py."
    assert {uri for uri, _, _ in TEMPLATES} == RESOURCES.keys()
    assert server().methods.keys() == METHODS.keys()


@pytest.mark.parametrize("scope", PLACES)
def test_a_tool_answers_as_rest_does(who, scope):
    client, made = who(scope)
    wrong = {title: unlike(client, made, act) for title, act in ACTS.items()}
    assert not any(wrong.values()), {title: said for title, said in wrong.items() if said}


def ids(client: Any, made: World, scope: str, row: Listed) -> list[str]:
    arguments = {
        name: value.replace("{scope}", scope) if isinstance(value, str) else value
        for name, value in row.arguments.items()
    }
    told = door(client, row.profile).told(row.tool, **arguments)
    return [one["id"] for one in told[row.member]]


def listed_by_rest(client: Any) -> list[str]:
    answer = client.get("/superthread/memories?scope=all").json()
    return [one["doc_id"] for one in answer["memories"]]


@pytest.mark.parametrize("scope", PLACES)
def test_lists_hold_what_lists_of_rest_hold(who, scope):
    client, made = who(scope)
    shown = listed_by_rest(client)
    wrong = {
        title: found
        for title, row in LISTS.items()
        if (found := ids(client, made, scope, row)) != shown
    }
    assert not wrong, (shown, wrong)
    listed = door(client).result("resources/list")["resources"]
    assert [one["uri"] for one in listed] == [f"memory://id/{one}" for one in shown]
    to_trash(made)
    trashed = client.get("/superthread/trash").json()["memories"]
    told = door(client).told("list_memories", trash=True)["memories"]
    assert [one["id"] for one in told] == [one["doc_id"] for one in trashed]


def read(client: Any, uri: str) -> tuple[int, Any]:
    """Status and what a resource says, or why it is none, but for its own address."""
    answer = door(client).post("resources/read", {"uri": uri})
    body = answer.json()
    said = body["result"]["contents"][0]["text"] if "result" in body else body["error"]
    return answer.status_code, said if isinstance(said, str) else said | {"data": None}


@pytest.mark.parametrize("scope", PLACES)
def test_a_resource_is_read_by_whom_rest_lets_read_it(who, scope):
    client, made = who(scope)
    absent = read(client, f"memory://id/{made.absent}")
    for uri, twin in RESOURCES.values():
        status, said = read(client, uri.replace("{id}", made.doc_id))
        if twin is None:
            assert (made.doc_id in str(said)) <= (made.doc_id in listed_by_rest(client))
            continue
        allowed = of_rest(client, made, twin)[0] == 200
        assert (status, said) == ((200, made.memory["content"]) if allowed else absent), uri


@pytest.mark.parametrize("scope", PLACES)
def test_completing_tells_what_lists_of_rest_hold(who, scope):
    client, _ = who(scope)
    shown, place = listed_by_rest(client), {"context": {"arguments": {"team_key": "alpha"}}}
    for uri in RESOURCES:
        asked = {"ref": {"type": "ref/resource", "uri": uri}} | place
        asked["argument"] = {"name": "path", "value": "keys"}
        values = door(client).result("completion/complete", asked)["completion"]["values"]
        assert not values or shown, uri


@pytest.mark.parametrize("scope", PLACES)
def test_a_token_without_the_scope_is_refused_before_anything_is_looked_up(api, scope):
    made = world(scope, CALLERS["owner and member"], EMAIL)
    poor = {
        needed: api(EMAIL, scopes=[each for each in every_scope() if each != needed])
        for needed in {act.twin.needs for act in ACTS.values()}
    }
    for title, act in ACTS.items():
        client = poor[act.twin.needs]
        told = [of_the_door(client, made, act, doc_id) for doc_id in ("", made.absent)]
        assert told[0] == told[1], title
        refuses, text = told[0]
        assert refuses, title
        assert act.twin.needs in text, (title, text)
    client = door(poor[MEMORIES_READ])
    assert client.result("resources/list")["resources"] == []
    uris = [f"memory://id/{doc_id}" for doc_id in (made.doc_id, made.absent)]
    answers = [client.post("resources/read", {"uri": uri}) for uri in uris]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.json()["detail"] for answer in answers}) == 1
