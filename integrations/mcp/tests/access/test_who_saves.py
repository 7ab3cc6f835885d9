"""A memory is saved by the tool where REST saves it, and nowhere else."""

import pytest

from integrations.mcp.tests.access.rows import PLACES
from integrations.mcp.tests.client import Mcp
from memory_hub.accounts.scopes import every_scope
from superthread.scopes import MEMORIES_PUBLISH, MEMORIES_WRITE
from superthread.tests.access.matrix import CALLERS
from superthread.tests.access.test_permission_matrix import EMAIL
from superthread.tests.access.worlds import world
from superthread.tests.restricted.worlds import RESTRICTIONS, restriction

SAVED = [
    {"content": "Mina has the key.", "category": category} | more
    for category in ("matrix", "keys")
    for more in ({}, {"path": "keys/of/mina.md"}, {"path": "other/mina.md"})
]


def unlike(client, scope):
    """What the tool saves otherwise than REST."""
    place = {"scope": scope} | ({"team_key": "alpha"} if scope == "team" else {})
    for memory in SAVED:
        answer = client.post("/superthread/memories", json=memory | place)
        if answer.status_code == 201:
            again = client.delete(f"/superthread/memories/{answer.json()['doc_id']}?permanent=true")
            assert again.status_code == 204
        result = Mcp(client).call("save_memory", **memory, **place)
        if result["isError"] is not (answer.status_code >= 400):
            yield memory, answer.text, result
        elif result["isError"]:
            # What is wrong with an argument is said in a model's words.
            if answer.status_code != 400 and not result["content"][0]["text"].startswith(
                f"Error: {answer.json()['detail']}"
            ):
                yield memory, answer.text, result
        else:
            doc_id = result["structuredContent"]["id"]
            client.delete(f"/superthread/memories/{doc_id}?permanent=true")


@pytest.mark.parametrize("scope", PLACES)
@pytest.mark.parametrize("name", CALLERS)
def test_each_caller_saves_where_rest_lets_them(api, name, scope):
    caller = CALLERS[name]
    client = api(EMAIL, is_superuser=caller.superuser)
    world(scope, caller, EMAIL)
    assert not [*unlike(client, scope)]


@pytest.mark.parametrize("scope", PLACES)
@pytest.mark.parametrize("name", RESTRICTIONS)
def test_a_restricted_token_saves_what_it_is_for(api, name, scope):
    world(scope, CALLERS["owner and member"], EMAIL)
    client = api(EMAIL, restriction=restriction(name))
    assert not [*unlike(client, scope)]


@pytest.mark.parametrize("missing", [MEMORIES_WRITE, MEMORIES_PUBLISH])
def test_a_token_saves_with_the_scopes_that_rest_asks_for(api, missing):
    client = api(EMAIL, scopes=[one for one in every_scope() if one != missing])
    for scope in ("personal", "public"):
        assert not [*unlike(client, scope)]
