"""A call whose time is over changes nothing any more, or says that it may have."""

import pytest

from integrations.mcp.tests.client import Mcp
from testing.clients.in_process import client_for
from testing.clients.late import BEFORE, DURING, Held, everything, given_up, own_threads

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
LATE = "late, but stored"


@pytest.fixture
def mina():
    with own_threads():
        yield client_for("mina@example.com")


def late(client, held, tool, **arguments):
    """The text of a call that is given up."""
    message = client.message("tools/call", {"name": tool, "arguments": arguments})
    headers = client.headers(message)
    answer = given_up(client.api, held, "POST", "/mcp", json=message, headers=headers)
    assert answer.status_code == 200
    result = answer.json()["result"]
    assert result["isError"]
    return result["content"][0]["text"]


@pytest.mark.parametrize("tool", ["save_memory", "update_memory"])
def test_a_call_that_is_given_up_before_its_commit_changes_nothing(
    mina, settings, monkeypatch, tool
):
    client = Mcp(mina)
    named = {} if tool == "save_memory" else {"id": mina.save("one")["doc_id"]}
    before = everything()
    settings.HUB_REQUEST_SECONDS = 0.6
    held = Held(monkeypatch, BEFORE)
    text = late(client, held, tool, content=LATE, **named)
    assert held.reached.is_set()
    assert text.startswith("Error: This took too long; nothing was changed.")
    assert everything() == before


@pytest.mark.parametrize("key", ["", "a-key"])
def test_a_call_whose_commit_is_under_way_says_that_it_may_have_changed(
    mina, settings, monkeypatch, key
):
    client = Mcp(mina)
    settings.HUB_REQUEST_SECONDS = 1
    held = Held(monkeypatch, DURING)
    asked = {"content": LATE, "idempotency_key": key}
    text = late(client, held, "save_memory", **asked)
    assert "may have been carried out" in text
    settings.HUB_REQUEST_SECONDS = 30
    monkeypatch.undo()
    with own_threads():
        (found,) = client.told("list_memories")["memories"]
        assert found["id"] in text
        if key:
            assert "Idempotency-Key" in text
            assert client.told("save_memory", **asked)["id"] == found["id"]
