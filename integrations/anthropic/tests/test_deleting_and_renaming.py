"""What is deleted and renamed: files with their history, folders with all that is in them."""

import pytest

from integrations.anthropic.tests.tool import NOT_THERE, SUB, A
from memory_hub.rate_limits.prices import ITEM, WRITE
from superthread.models import Memory


@pytest.mark.parametrize("path", ["/memories/none.md", "/memoriesx", "/memories/A.md"])
def test_what_is_not_there_is_told(filled, path):
    assert filled.refused("view", path=path) == NOT_THERE.format(path)
    assert filled.refused("delete", path=path) == f"The path {path} does not exist"
    said = filled.refused("rename", old_path=path, new_path="/memories/new.md")
    assert said == f"The path {path} does not exist"


def test_a_file_is_deleted_and_can_be_brought_back(filled, mina):
    assert filled.done("delete", path=A) == f"Successfully deleted {A}"
    assert filled.refused("view", path=A) == NOT_THERE.format(A)
    (trashed,) = mina.get("/superthread/trash").json()["memories"]
    mina.post(f"/superthread/memories/{trashed['doc_id']}/undelete")
    assert filled.text(A) == "one\ntwo\none\n"


def test_a_folder_is_deleted_with_all_that_is_in_it_and_nothing_else(filled):
    filled.make("/memories/sub/c/d.md", "text")
    filled.make("/memories/subway.md", "text")
    assert filled.done("delete", path="/memories/sub") == "Successfully deleted /memories/sub"
    shown = filled.done("view", path="/memories")
    assert [line.split("\t")[1] for line in shown.split("\n")[1:]] == [
        "/memories",
        A,
        "/memories/subway.md",
    ]


def test_a_folder_costs_what_its_files_cost(filled, limited):
    filled.make("/memories/sub/c.md", "c")
    limited("1000/minute")

    def cost(command, **given):
        before = filled.ask("view", path=A).headers["RateLimit-Remaining"]
        return int(before) - int(filled.ask(command, **given).headers["RateLimit-Remaining"])

    assert cost("rename", old_path="/memories/sub", new_path="/memories/x") == WRITE + ITEM
    assert cost("delete", path="/memories/x") == WRITE + ITEM
    assert cost("delete", path=A) == WRITE


def test_the_root_is_neither_deleted_nor_renamed(filled):
    for path in ("/memories", "/memories/", "/memories/sub/.."):
        assert filled.refused("delete", path=path) == "Cannot delete the /memories directory itself"
        said = filled.refused("rename", old_path=path, new_path="/memories/x")
        assert said == "Cannot rename the /memories directory itself"
    assert Memory.objects.filter(deleted_at=None).count() == 2


def test_a_file_is_renamed_with_its_history(filled, mina):
    new = "/memories/deep/er/c.md"
    said = filled.done("rename", old_path=A, new_path=new)
    assert said == f"Successfully renamed {A} to {new}"
    assert filled.text(new) == "one\ntwo\none\n"
    memory = mina.get("/superthread/by-path/personal/memories/deep/er/c.md").json()
    versions = mina.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]
    assert len(versions) == 2


def test_a_folder_is_renamed_with_all_that_is_in_it(filled):
    filled.make("/memories/sub/c/d.md", "text")
    said = filled.done("rename", old_path="/memories/sub", new_path="/memories/sup/er")
    assert said == "Successfully renamed /memories/sub to /memories/sup/er"
    assert filled.text("/memories/sup/er/c/d.md") == "text"
    assert filled.text("/memories/sup/er/b.md") == "0123456789"
    assert filled.refused("view", path="/memories/sub")


def test_nothing_is_renamed_onto_what_is_there(filled):
    for new in ("/memories/sub", SUB, A, "/memories"):
        said = filled.refused("rename", old_path=A, new_path=new)
        assert said == f"The destination {new} already exists"
    said = filled.refused("rename", old_path="/memories/sub", new_path="/memories/sub/x")
    assert said == "The destination /memories/sub/x is inside of /memories/sub"
