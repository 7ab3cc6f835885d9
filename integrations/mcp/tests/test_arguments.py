"""What a model may say to a tool, and what it is told of what it may not."""

import pytest


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
    assert text.startswith("Error: The memory was revised by someone else. Read it again with get_")
    assert modern.told("get_memory", id=saved["id"])["content"] == "two"


def test_a_whole_number_may_be_written_with_a_point(modern):
    saved = modern.told("save_memory", content="one")
    modern.told("update_memory", id=saved["id"], content="two", expected_revision=1.0)
    diff = modern.told("memory_history", id=saved["id"], action="diff", version=1.0, to_version=2.0)
    assert (diff["from"], diff["to"]) == (1, 2)
    assert len(modern.told("list_memories", limit=1.0)["memories"]) == 1
    assert "whole number" in modern.error("list_memories", limit=1.5)
    assert "from 1 to 50" in modern.error("list_memories", limit=1e308)


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
        ("delete_memory", {"id": "memory://personal/a.md", "undo": True}, "give its id"),
        ("delete_memory", {"id": "x", "undo": True, "permanent": True}, "either"),
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
