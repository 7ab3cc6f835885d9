"""The six commands, word for word as Anthropic's helper in Python says them."""

import pytest

from integrations.anthropic import files
from integrations.anthropic.tests.tool import NOT_THERE, SUB, A


def test_a_folder_is_shown_two_levels_deep(filled):
    filled.make("/memories/sub/c/d.md", "x" * 1536)
    filled.make("/memories/.hidden", "hidden")
    filled.make("/memories/sub/.hidden/e.md", "hidden")
    shown = (
        "Here're the files and directories up to 2 levels deep in /memories, excluding hidden "
        "items:\n1.5K\t/memories\n12B\t/memories/a.md\n1.5K\t/memories/sub/\n"
        "10B\t/memories/sub/b.md\n1.5K\t/memories/sub/c/"
    )
    assert filled.done("view", path="/memories") == shown
    assert filled.done("view", path="/memories/", view_range=[1, 2]) == shown
    assert filled.done("view", path="/memories/sub/c").endswith(
        "hidden items:\n1.5K\t/memories/sub/c\n1.5K\t/memories/sub/c/d.md"
    )


def test_the_root_is_there_before_anything_is(tool):
    assert tool.done("view", path="/memories") == (
        "Here're the files and directories up to 2 levels deep in /memories, excluding hidden "
        "items:\n0B\t/memories"
    )


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        (None, "     1\tone\n     2\ttwo\n     3\tone\n     4\t"),
        ([2, 3], "     2\ttwo\n     3\tone"),
        ([3, -1], "     3\tone\n     4\t"),
        ([-5, 1], "     1\tone"),
        ([9, 12], ""),
        ([3, 2], ""),
        ([2], "     1\tone\n     2\ttwo\n     3\tone\n     4\t"),
        ([1, 2, 3], "     1\tone\n     2\ttwo\n     3\tone\n     4\t"),
    ],
)
def test_a_file_is_shown_with_the_numbers_of_its_lines(filled, wanted, lines):
    shown = filled.done("view", path=A, view_range=wanted)
    assert shown == f"Here's the content of {A} with line numbers:\n{lines}"


def test_only_lf_ends_a_line(tool):
    tool.make(A, "one\r\ntwo\u2028three\x0bfour")
    shown = tool.done("view", path=A)
    assert shown.endswith(":\n     1\tone\r\n     2\ttwo\u2028three\x0bfour")


def test_a_file_of_a_million_lines_is_not_shown(tool):
    tool.make(A, "x" + "\n" * 999_999)
    expected = f"File {A} exceeds maximum line limit of 999,999 lines."
    assert tool.refused("view", path=A) == expected


def test_a_file_is_made_with_its_folders_and_is_a_memory(tool, mina):
    assert tool.done("create", path=SUB, file_text="Ann likes tea.") == (
        f"File created successfully at: {SUB}"
    )
    memory = mina.get("/superthread/by-path/personal/memories/sub/b.md").json()
    assert (memory["content"], memory["scope"]) == ("Ann likes tea.", "personal")
    found = mina.post("/superthread/search", json={"query": "tea"}).json()["results"]
    assert [one["path"] for one in found] == ["memories/sub/b.md"]


@pytest.mark.parametrize("path", [A, "/memories/sub", "/memories", "/memories/x/../a.md"])
def test_what_is_there_is_not_made_again(filled, path):
    assert filled.refused("create", path=path, file_text="x") == f"File {path} already exists"
    assert filled.text(A) == "one\ntwo\none\n"


def test_a_slash_at_the_end_is_passed_over(tool):
    tool.make("/memories/x/", "text")
    assert tool.text("/memories/x") == "text"


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_an_empty_file_is_refused_in_words(filled, text):
    expected = (
        "The file {} would be empty, and a memory has some text. "
        "Write what is to be remembered, or delete the file."
    )
    new = "/memories/new.md"
    assert filled.refused("create", path=new, file_text=text) == expected.format(new)
    said = filled.refused("str_replace", path=SUB, old_str="0123456789", new_str=text)
    assert said == expected.format(SUB)
    assert filled.text(SUB) == "0123456789"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/memories/" + "a" * 1100, "bytes"),
        ("/memories/" + "a/" * 20, "segments"),
        ("/memories/\u202ea", "Control"),
        ("/memories/A.md", "case, form"),
        ("/memories/a.md/b", "no folder"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words(filled, path, words):
    assert words in filled.refused("create", path=path, file_text="x")
    assert words in filled.refused("rename", old_path=SUB, new_path=path)


def test_a_path_that_no_file_can_have_is_none_to_all_commands(filled):
    odd = "/memories/" + "e" + "\u0301" * 130
    assert filled.refused("view", path=odd) == NOT_THERE.format(odd)
    assert filled.refused("delete", path=odd) == f"The path {odd} does not exist"
    assert "marks" in filled.refused("create", path=odd, file_text="x")
    assert "marks" in filled.refused("rename", old_path=A, new_path=odd)
    assert "does not exist" in filled.refused("rename", old_path=odd, new_path=SUB + "x")
    assert "does not exist" in filled.refused("str_replace", path=odd, old_str="one")


def test_a_text_is_replaced_and_the_lines_around_are_shown(tool):
    tool.make(A, "1\n2\n3\nfour\n5\n6\n7")
    assert tool.done("str_replace", path=A, old_str="four", new_str="4\n4b") == (
        "The memory file has been edited. Here is the snippet showing the change (with line "
        "numbers):\n     2\t2\n     3\t3\n     4\t4\n     5\t4b\n     6\t5"
    )
    tool.done("str_replace", path=A, old_str="\n7")
    assert tool.text(A) == "1\n2\n3\n4\n4b\n5\n6"


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("none", "No replacement was performed, old_str `none` did not appear verbatim in {}."),
        (
            "one",
            "No replacement was performed. Multiple occurrences of old_str `one` in lines: 1, 3. "
            "Please ensure it is unique",
        ),
    ],
)
def test_what_is_not_there_once_is_not_replaced(filled, old, said):
    assert filled.refused("str_replace", path=A, old_str=old, new_str="x") == said.format(A)
    assert filled.text(A) == "one\ntwo\none\n"


def test_places_that_overlap_are_all_named(tool):
    tool.make(A, "aaaa")
    said = tool.refused("str_replace", path=A, old_str="aa", new_str="x")
    assert "in lines: 1, 1, 1." in said


def test_an_empty_old_text_is_in_many_places(filled):
    assert "Multiple occurrences" in filled.refused("str_replace", path=A, old_str="", new_str="x")


def test_another_normal_form_is_the_same_text(tool):
    tool.make(A, "caf\u00e9")
    tool.done("str_replace", path=A, old_str="cafe\u0301", new_str="tea")
    assert tool.text(A) == "tea"


@pytest.mark.parametrize(
    ("number", "text", "whole"),
    [
        (0, "zero", "zero\none\ntwo\none\n"),
        (1, "x\ny\n\n", "one\nx\ny\ntwo\none\n"),
        (3, "end", "one\ntwo\none\nend\n"),
    ],
)
def test_a_text_is_inserted_behind_a_line(filled, number, text, whole):
    said = filled.done("insert", path=A, insert_line=number, insert_text=text)
    assert said == f"The file {A} has been edited."
    assert filled.text(A) == whole


@pytest.mark.parametrize("number", [-1, 4])
def test_a_line_that_is_not_there_is_refused(filled, number):
    assert filled.refused("insert", path=A, insert_line=number, insert_text="x") == (
        f"Invalid `insert_line` parameter: {number}. It should be within the range [0, 3]."
    )


@pytest.mark.parametrize(
    ("command", "given"),
    [("str_replace", {"old_str": "a"}), ("insert", {"insert_line": 0, "insert_text": "x"})],
)
def test_only_a_file_can_be_changed(filled, command, given):
    for path in ("/memories", "/memories/sub"):
        assert filled.refused(command, path=path, **given) == f"The path {path} is not a file."
    gone = "/memories/none.md"
    assert filled.refused(command, path=gone, **given) == NOT_THERE.format(gone)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("memories/a", "Path must start with /memories, got: memories/a"),
        ("/etc/passwd", "Path must start with /memories, got: /etc/passwd"),
        ("/memories/../etc", "Path /memories/../etc would escape /memories directory"),
        ("/memories/a/../../b", "Path /memories/a/../../b would escape /memories directory"),
    ],
)
def test_nothing_leads_out_of_the_folder(tool, path, said):
    for command, given in (
        ("view", {"path": path}),
        ("create", {"path": path, "file_text": "x"}),
        ("str_replace", {"path": path, "old_str": "x"}),
        ("insert", {"path": path, "insert_line": 0, "insert_text": "x"}),
        ("delete", {"path": path}),
        ("rename", {"old_path": path, "new_path": "/memories/x"}),
        ("rename", {"old_path": "/memories/x", "new_path": path}),
    ):
        assert tool.refused(command, **given) == said


def test_an_unknown_command_is_told_to_the_model(tool):
    assert tool.refused("frob", path=A) == "Unknown command: frob"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"path": A}, "/command"),
        ({"command": "view"}, "/path"),
        ({"command": "create", "path": A}, "/file_text"),
        ({"command": "create", "path": A, "file_text": 1}, "/file_text"),
        ({"command": "str_replace", "path": A}, "/old_str"),
        ({"command": "insert", "path": A, "insert_text": "x"}, "/insert_line"),
        ({"command": "insert", "path": A, "insert_text": "x", "insert_line": "1"}, "/insert_line"),
        ({"command": "rename", "old_path": A}, "/new_path"),
        ({"command": "view", "path": A, "view_range": ["a"]}, "/view_range"),
    ],
)
def test_an_input_that_is_none_is_a_problem(mina, given, pointer):
    answer = mina.post("/anthropic/memory-tool", json=given)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_members_that_a_command_has_no_use_for_are_left_alone(filled):
    assert filled.done("view", path=SUB, file_text="x", reason="to see", view_range=None)


def test_the_short_path_is_the_same(filled, mina):
    for path in ("/memory-tool", "/memory-tool/", "/anthropic/memory-tool/"):
        answer = mina.post(path, json={"command": "view", "path": SUB})
        assert answer.json()["content"].endswith("     1\t0123456789")


def test_a_command_that_is_sent_again_under_its_key_is_carried_out_once(tool, mina):
    body = {"command": "create", "path": A, "file_text": "one"}
    key = {"headers": {"Idempotency-Key": "k"}}
    answers = [mina.post("/anthropic/memory-tool", json=body, **key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert not answers[1].json()["is_error"]


def test_a_change_is_made_of_what_is_there_by_then(filled, mina, monkeypatch):
    """Another one writes between the reading and the writing of a command."""
    real, others = files.revise.revise, iter(["two\nfrom another\n"])

    def late(**given):
        for text in others:
            real(doc_id=given["doc_id"], changes={"content": text}, by=given["by"])
        return real(**given)

    monkeypatch.setattr(files.revise, "revise", late)
    filled.done("str_replace", path=A, old_str="two", new_str="2")
    assert filled.text(A) == "2\nfrom another\n"


def test_too_much_at_once_is_told_and_nothing_is_done(filled, monkeypatch):
    from superthread import limits

    monkeypatch.setattr(limits, "ATOMIC_BYTES", 5)
    text = filled.refused("delete", path="/memories/sub")
    assert text
    assert filled.text(SUB) == "0123456789"
