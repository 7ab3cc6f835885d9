"""What a subscription tells, to whom, and how it ends."""

import json

import pytest

from integrations.mcp.tests.client import Mcp
from memory_hub.accounts.restrictions import Restriction
from testing.clients.streams import Followed

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
ALL = {"resourcesListChanged": True, "promptsListChanged": True, "toolsListChanged": True}


class Listening:
    """A subscription of a client's."""

    def __init__(self, client, **wanted):
        self.message = client.message("subscriptions/listen", {"notifications": wanted})
        headers = client.headers(self.message) | {"Content-Type": "application/json"}
        body = json.dumps(self.message).encode()
        self.stream = Followed(client.api, "/mcp", method="POST", body=body, **headers)

    @property
    def told(self):
        lines = self.stream.text.splitlines()
        return [json.loads(line.removeprefix("data: ")) for line in lines if line[:6] == "data: "]

    def until(self, *methods):
        """The messages once as many have come; they must be these."""
        self.stream.until(lambda text: text.count("data: ") >= len(methods) + 1)
        told = self.told[1:]
        assert [one["method"].removeprefix("notifications/") for one in told] == list(methods)
        assert {one["params"]["_meta"][SUBSCRIPTION] for one in told} <= {self.message["id"]}
        return told

    def acknowledged(self):
        self.stream.until(lambda text: "data: " in text)
        first = self.told[0]
        assert first["method"] == "notifications/subscriptions/acknowledged"
        assert first["params"]["_meta"][SUBSCRIPTION] == self.message["id"]
        return first["params"]["notifications"]


@pytest.fixture
def listen():
    """``listen(client, resourceSubscriptions=[…])``: left at the end of the test."""
    opened = []

    def begin(client, **wanted):
        opened.append(Listening(client, **wanted))
        opened[-1].acknowledged()
        return opened[-1]

    yield begin
    for one in opened:
        if not one.stream._task.done():
            one.stream.leave()


def test_what_is_going_to_be_told_is_acknowledged_first(modern, listen):
    uris = ["memory://personal", "memory://id/x", "file:///etc/passwd"]
    heard = listen(modern, **ALL, resourceSubscriptions=uris)
    assert heard.stream.headers["content-type"] == "text/event-stream"
    assert heard.acknowledged() == {
        "resourceSubscriptions": uris[:2],
        "resourcesListChanged": True,
        "promptsListChanged": True,
    }


def test_a_change_of_a_memory_is_told_by_the_address_that_was_subscribed_to(modern, mina, listen):
    saved = mina.save("one", path="notes/a.md")
    uris = [f"memory://id/{saved['doc_id']}", "memory://personal/notes/a.md"]
    heard = listen(modern, resourceSubscriptions=uris)
    mina.save("another")
    modern.told("update_memory", id=saved["doc_id"], content="two")
    told = heard.until("resources/updated", "resources/updated")
    assert [one["params"]["uri"] for one in told] == uris


def test_a_change_in_a_place_is_told_and_that_the_list_is_another(modern, mina, listen):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    heard = listen(
        modern,
        resourcesListChanged=True,
        resourceSubscriptions=["memory://personal", "memory://team/alpha"],
    )
    mina.save("for the team", scope="team", team_key="alpha")
    told = heard.until("resources/list_changed", "resources/updated")
    assert told[1]["params"]["uri"] == "memory://team/alpha"


@pytest.mark.parametrize(
    "leaving",
    [
        ("delete_memory", {}),
        ("update_memory", {"new_path": "notes/b.md"}),
        ("update_memory", {"new_scope": "public"}),
    ],
)
def test_an_address_whose_memory_leaves_it_is_told(modern, mina, listen, leaving):
    saved = mina.save("one", path="notes/a.md")
    uri = "memory://personal/notes/a.md"
    heard = listen(modern, resourceSubscriptions=[uri, "memory://personal/notes/c.md"])
    tool, arguments = leaving
    modern.told(tool, id=saved["doc_id"], **arguments)
    heard.until("resources/updated")
    mina.save("another at the same address", path="notes/a.md")
    told = heard.until("resources/updated", "resources/updated")
    assert [one["params"]["uri"] for one in told] == [uri] * 2


def test_a_place_that_a_memory_leaves_is_told(modern, mina, listen):
    saved = mina.save("one")
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    uris = ["memory://personal", "memory://team/alpha"]
    heard = listen(modern, resourceSubscriptions=uris)
    modern.told("update_memory", id=saved["doc_id"], new_team_key="alpha")
    told = heard.until("resources/updated", "resources/updated")
    assert [one["params"]["uri"] for one in told] == uris


def test_prompts_tell_that_they_are_others(modern, mina, listen):
    heard = listen(modern, promptsListChanged=True)
    mina.save("no prompt")
    mina.save("Say hello.", path="prompts/hello.md")
    heard.until("prompts/list_changed")


def test_nothing_is_told_of_what_one_may_not_see(modern, mcp, mina, listen):
    saved = mina.save("hidden", path="notes/a.md")
    uris = [f"memory://id/{saved['doc_id']}", "memory://personal"]
    jun = mcp("jun@example.com")
    heard = listen(jun, resourcesListChanged=True, resourceSubscriptions=uris)
    modern.told("update_memory", id=saved["doc_id"], content="two")
    jun.api.save("of one's own")
    told = heard.until("resources/list_changed", "resources/updated")
    assert told[1]["params"]["uri"] == "memory://personal"


@pytest.mark.parametrize(
    "how", [{"restriction": Restriction(personal=True)}, {"scopes": ["memories:write"]}]
)
def test_a_token_for_a_part_is_told_nothing(api, listen, how):
    heard = listen(
        Mcp(api("jun@example.com", **how)), **ALL, resourceSubscriptions=["memory://personal"]
    )
    assert heard.acknowledged() == {}


def test_a_stream_ends_with_its_token_and_says_so(mina, modern, listen):
    heard = listen(modern, resourcesListChanged=True)
    (token,) = mina.get("/accounts/tokens").json()["tokens"]
    assert mina.delete(f"/accounts/tokens/{token['id']}").status_code == 204
    heard.stream.until_end()
    last = heard.told[-1]
    assert (last["id"], last["result"]["resultType"]) == (heard.message["id"], "complete")


@pytest.mark.parametrize(
    "wanted", [None, [], {"resourceSubscriptions": "x"}, {"resourceSubscriptions": ["x"] * 101}]
)
def test_what_is_no_subscription_is_refused(modern, wanted):
    answer = modern.post("subscriptions/listen", {"notifications": wanted})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32602)


def test_nobody_listens(nobody):
    answer = Mcp(nobody).post("subscriptions/listen", {"notifications": {}})
    assert answer.status_code == 401
