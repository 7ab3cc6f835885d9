"""What each tool does, as a model sees it."""

import json

import jsonschema
import pytest

from integrations.mcp.tests.client import Mcp
from memory_hub.accounts.restrictions import Restriction

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


def test_exact_replacement_refuses_what_is_not_there_or_there_twice(modern):
    saved = modern.told("save_memory", content="tea, tea and coffee")
    absent = modern.error("update_memory", id=saved["id"], old_text="milk", new_text="water")
    assert absent.startswith("Error: old_text: This text is not in the memory.")
    twice = modern.error("update_memory", id=saved["id"], old_text="tea", new_text="water")
    assert "2 times" in twice
    assert modern.told("get_memory", id=saved["id"])["revision"] == 1
    modern.told("update_memory", id=saved["id"], old_text="tea", new_text="", replace_all=True)
    assert modern.told("get_memory", id=saved["id"])["content"] == ",  and coffee"


def test_a_change_of_an_older_revision_is_refused_with_what_to_do(modern):
    saved = modern.told("save_memory", content="one")
    modern.told("update_memory", id=saved["id"], content="two", expected_revision=1)
    text = modern.error("update_memory", id=saved["id"], content="three", expected_revision=1)
    assert text.startswith("Error: ")
    assert "get_memory" in text
    assert modern.told("get_memory", id=saved["id"])["content"] == "two"


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("nope", {}, "Unknown tool: nope"),
        ("get_memory", {}, "Give the id of a memory"),
        ("get_memory", {"id": 7}, "id must be a text"),
        ("get_memory", {"name": "x"}, "name is no argument"),
        ("save_memory", {}, "content is missing"),
        ("save_memory", {"content": "  "}, "content: This must not be blank."),
        ("save_memory", {"content": "x", "scope": "mine"}, "scope must be one of"),
        ("save_memory", {"content": "x", "path": "a//b"}, "path: "),
        ("save_memory", {"content": "x", "expires_at": "tomorrow"}, "expires_at: "),
        ("search_memories", {"query": "x", "limit": 51}, "limit must be from 1 to 50."),
        ("search_memories", {"query": "x", "limit": True}, "limit must be a whole number."),
        ("search_memories", {"query": "x", "cursor": "bad"}, "cursor"),
        ("update_memory", {"id": "x"}, "Say what is to change"),
        ("update_memory", {"id": "x", "new_text": "y"}, "old_text"),
        ("delete_memory", {"undo": True}, "give its id"),
        ("memory_history", {"id": "x", "action": "restore"}, "Say which version"),
        ("share_memory", {"id": "x", "role": "viewer"}, "Say whose role"),
    ],
)
def test_a_bad_argument_is_told_to_the_model(modern, tool, arguments, said):
    text = modern.error(tool, **arguments)
    assert text.startswith("Error: ")
    assert said in text


def test_a_text_that_reads_as_json_arrives_as_it_is(modern):
    for content in ("null", "[1, 2]", '{"a": 1}', "12", "true"):
        saved = modern.told("save_memory", content=content)
        assert modern.told("get_memory", id=saved["id"])["content"] == content


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
