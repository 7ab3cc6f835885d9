"""What each tool does, as a model sees it."""

import json

import jsonschema
import pytest

from integrations.mcp.tests.client import Mcp
from memory_hub.accounts.restrictions import Restriction
from superthread.tests.feed.acts import now

DEFAULT = {
    *("search_memories", "get_memory", "list_memories", "save_memory"),
    *("update_memory", "delete_memory", "memory_history", "share_memory"),
}
READING = ["memories:read"]


def names(client):
    return {tool["name"] for tool in client.result("tools/list")["tools"]}


def test_eight_tools_are_listed_with_schemas_and_when_to_use_them(either):
    tools = either.result("tools/list")["tools"]
    assert {tool["name"] for tool in tools} == DEFAULT
    for tool in tools:
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            jsonschema.Draft202012Validator.check_schema(schema)
        assert len(tool["description"]) > 100
        assert tool["annotations"]["openWorldHint"] is False


def test_annotations_say_what_changes_and_what_destroys(modern):
    hints = {one["name"]: one["annotations"] for one in modern.result("tools/list")["tools"]}
    reading = {name for name, told in hints.items() if told["readOnlyHint"]}
    destroying = {name for name, told in hints.items() if told["destructiveHint"]}
    assert reading == {"search_memories", "get_memory", "list_memories"}
    assert destroying == {"update_memory", "delete_memory"}


@pytest.mark.parametrize(
    ("scopes", "listed"),
    [
        (READING, {"search_memories", "get_memory", "list_memories", "memory_history"}),
        (["memories:write"], DEFAULT - {"search_memories", "get_memory", "list_memories"}),
        (["memories:share"], {"share_memory"}),
        (["accounts:manage"], set()),
    ],
)
def test_the_list_depends_on_the_tokens_scopes(mcp, scopes, listed):
    assert names(mcp("jun@example.com", scopes=scopes)) == listed


def test_a_read_only_token_lists_no_tool_that_only_writes(api):
    client = Mcp(api("jun@example.com", restriction=Restriction(read_only=True)))
    assert not names(client) & {"save_memory", "update_memory", "delete_memory"}


def test_a_memory_is_saved_found_read_changed_and_deleted(either):
    saved = either.told(
        "save_memory",
        content="Deploys happen on Tuesdays at 14:00.",
        category="decisions",
        tags=["ops"],
        path="notes/deploy.md",
    )
    assert saved["path"] == "notes/deploy.md"
    assert (saved["revision"], saved["tags"]) == (1, ["ops"])
    (found,) = either.told("search_memories", query="when do we deploy")["results"]
    assert (found["id"], found["excerpt"]) == (saved["id"], "Deploys happen on Tuesdays at 14:00.")
    read = either.told("get_memory", path="notes/deploy.md")
    assert read["content"] == "Deploys happen on Tuesdays at 14:00."
    changed = either.told(
        "update_memory", id=saved["id"], old_text="Tuesdays", new_text="Thursdays"
    )
    assert changed["revision"] == 2
    assert either.told("get_memory", id=saved["id"])["content"].startswith("Deploys happen on Th")
    assert either.told("delete_memory", path="notes/deploy.md")["state"] == "in the trash"
    (trashed,) = either.told("list_memories", trash=True)["memories"]
    assert trashed["id"] == saved["id"]
    assert either.told("delete_memory", id=saved["id"], undo=True)["state"] == "restored"
    (listed,) = either.told("list_memories", path_prefix="notes/")["memories"]
    assert listed["id"] == saved["id"]


def test_a_list_narrowed_by_a_tag_tells_the_same_of_each_as_any_list(either, mina):
    mina.save("Jun has the key.", metadata={"tags": ["keys"]})
    mina.save("Mina has another one.")
    (tagged,) = either.told("list_memories", tag="keys")["memories"]
    assert tagged in either.told("list_memories")["memories"]


def test_every_answer_is_what_its_schema_says_and_the_same_as_text(modern):
    tools = {one["name"]: one for one in modern.result("tools/list")["tools"]}
    saved = modern.told("save_memory", content="# Tea\n\nMina drinks green tea.", tags=["tea"])
    modern.told("update_memory", id=saved["id"], content="Mina drinks coffee now.")
    calls = [
        ("save_memory", {"content": "Jun has the key.", "metadata": {"source": "mail"}}),
        ("search_memories", {"query": "coffee"}),
        ("get_memory", {"id": saved["id"]}),
        ("list_memories", {}),
        ("memory_history", {"id": saved["id"]}),
        ("memory_history", {"id": saved["id"], "action": "read", "version": 1}),
        ("memory_history", {"id": saved["id"], "action": "diff", "version": 1}),
        ("memory_history", {"id": saved["id"], "action": "restore", "version": 1}),
        ("share_memory", {"id": saved["id"], "with_email": "jun@example.com"}),
        ("update_memory", {"id": saved["id"], "category": "people"}),
        ("delete_memory", {"id": saved["id"]}),
    ]
    for name, arguments in calls:
        result = modern.call(name, **arguments)
        assert not result["isError"], (name, result)
        jsonschema.Draft202012Validator(tools[name]["outputSchema"]).validate(
            result["structuredContent"]
        )
        (block,) = result["content"]
        assert json.loads(block["text"]) == result["structuredContent"]


def test_an_empty_answer_is_a_sentence(modern):
    for name, arguments, list_name in (
        ("search_memories", {"query": "nothing of it"}, "results"),
        ("list_memories", {"category": "none"}, "memories"),
        ("list_memories", {"trash": True}, "memories"),
    ):
        result = modern.call(name, **arguments)
        assert result["structuredContent"][list_name] == []
        assert result["content"][0]["text"].endswith(".")


def test_the_history_of_a_memory_is_told_compared_and_put_back(modern):
    saved = modern.told("save_memory", content="one")
    modern.told("update_memory", id=saved["id"], content="two")
    told = modern.told("memory_history", id=saved["id"])
    assert [one["version"] for one in told["versions"]] == [2, 1]
    compared = modern.told("memory_history", id=saved["id"], action="diff", version=1)
    assert "-one\n" in compared["diff"]
    read = modern.told("memory_history", id=saved["id"], action="read", version=1)
    assert read["content"] == "one"
    back = modern.told("memory_history", id=saved["id"], action="restore", version=1)
    assert back["revision"] == 3
    assert modern.told("get_memory", id=saved["id"])["content"] == "one"


def test_a_memory_is_read_as_it_was_at_a_moment(modern):
    doc_id = modern.told("save_memory", content="Tuesdays", path="notes/day.md", tags=["old"])["id"]
    before = now()
    modern.told("update_memory", id=doc_id, content="Wednesdays", new_path="notes/d.md")
    assert modern.told("get_memory", id=doc_id)["content"] == "Wednesdays"
    told = modern.told("get_memory", path="notes/d.md", at=before, max_characters=4)
    assert (told["id"], told["content"], told["next_offset"]) == (doc_id, "Tues", 4)
    assert (told["path"], told["tags"], told["revision"]) == ("notes/day.md", ["old"], 1)
    assert "It is not known what will be" in modern.error(
        "get_memory", id=doc_id, at="2999-01-01T00:00:00Z"
    )
    assert modern.error("get_memory", id=doc_id, at="Tuesday").startswith("Error: at: A time such")


def test_a_memory_is_shared_and_taken_back(modern, mcp):
    saved = modern.told("save_memory", content="for Jun, too")
    jun = {"with_email": "Jun@Example.com", "role": "editor"}
    shared = modern.told("share_memory", id=saved["id"], **jun)
    assert shared["shared_with"] == [{"email": "jun@example.com", "role": "editor"}]
    assert mcp("jun@example.com").told("get_memory", id=saved["id"])["role"] == "editor"
    told = modern.call("share_memory", id=saved["id"], with_email="jun@example.com", role="none")
    assert told["content"][0]["text"] == "It is shared with nobody by name."
    assert "Error" in mcp("jun@example.com").error("get_memory", id=saved["id"])


def test_a_long_content_comes_in_parts(modern):
    saved = modern.told("save_memory", content="x" * 30_000 + "the end")
    first = modern.told("get_memory", id=saved["id"])
    assert (len(first["content"]), first["characters"]) == (20_000, 30_007)
    rest = modern.told("get_memory", id=saved["id"], offset=first["next_offset"])
    assert (rest["content"][-7:], rest["next_offset"]) == ("the end", None)


@pytest.mark.parametrize(
    ("member", "action"),
    [
        ("content", {"action": "read", "version": 1}),
        ("diff", {"action": "diff", "version": 1}),
    ],
)
def test_a_long_version_or_difference_comes_in_parts(modern, member, action):
    content = "é1\n" * 10_000
    saved = modern.told("save_memory", content=content)
    modern.told("update_memory", id=saved["id"], content="short")
    first = modern.told("memory_history", id=saved["id"], **action)
    assert (len(first[member]), first["next_offset"]) == (20_000, 20_000)
    rest = modern.told("memory_history", id=saved["id"], offset=20_000, **action)
    assert (rest["characters"], len(rest[member])) == (
        first["characters"],
        min(first["characters"] - 20_000, 20_000),
    )
    asked = {"max_characters": 200_000, **action}
    whole = modern.told("memory_history", id=saved["id"], **asked)
    assert whole["next_offset"] is None
    assert whole[member].startswith(first[member] + rest[member])
    assert whole[member] == content or member == "diff"


def test_lists_and_searches_go_on_by_their_cursor(modern):
    for number in range(3):
        modern.told("save_memory", content=f"note {number}")
    for tool, name, asked in (
        ("list_memories", "memories", {}),
        ("search_memories", "results", {"query": "note"}),
    ):
        first = modern.told(tool, limit=2, **asked)
        rest = modern.told(tool, limit=2, cursor=first["next_cursor"], **asked)
        assert len({one["id"] for one in first[name] + rest[name]}) == 3
        assert rest["next_cursor"] is None


def test_the_hidden_and_the_missing_are_the_same_answer(modern, mcp):
    hidden = modern.told("save_memory", content="secret", path="notes/x.md")["id"]
    jun = mcp("jun@example.com")
    missing = "01a204fd-ca96-731c-b865-8c7a8fdc762e"
    for tool, more in (
        ("get_memory", {}),
        ("update_memory", {"content": "x"}),
        ("update_memory", {"old_text": "secret", "new_text": "x"}),
        ("delete_memory", {}),
        ("delete_memory", {"undo": True}),
        ("memory_history", {}),
        ("memory_history", {"action": "restore", "version": 1}),
        ("share_memory", {}),
        ("share_memory", {"with_email": "jun@example.com"}),
    ):
        assert jun.call(tool, id=hidden, **more) == jun.call(tool, id=missing, **more)
    assert modern.told("get_memory", id=hidden)["revision"] == 1


def test_a_token_that_may_not_read_learns_nothing_by_writing(mcp, modern):
    saved = modern.told("save_memory", content="secret", path="notes/x.md")
    blind = mcp("mina@example.com", scopes=["memories:write"])
    assert blind.told("save_memory", content="new").keys() == {"id", "revision"}
    by_path = {"path": "notes/x.md", "content": "y"}
    for asked in ({"id": saved["id"], "old_text": "secret"}, by_path):
        assert "memories:read" in blind.error("update_memory", **asked)
    assert blind.told("update_memory", id=saved["id"], content="y") == {
        "id": saved["id"],
        "revision": 2,
    }


def test_a_save_for_others_says_what_looks_like_a_secret(either):
    content = "The key:\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"
    saved = either.told("save_memory", content=content)
    assert "findings" not in saved
    told = either.told("update_memory", id=saved["id"], new_scope="public")
    assert told["findings"] == [{"kind": "private-key", "line": 2}]
