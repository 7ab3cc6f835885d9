"""A file that was moved or renamed is the same memory: by its id, else by its content."""

import pytest

from superthread.store_terms import Draft


@pytest.fixture
def vault(run, mina, tmp_path):
    """``vault.write(path, text)``, ``vault.move(old, new)``, ``vault.run()``, ``vault.found()``:
    the memories by their paths."""

    class Vault:
        def write(self, path, text):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text)

        def move(self, old, new):
            (tmp_path / new).parent.mkdir(exist_ok=True)
            (tmp_path / old).rename(tmp_path / new)

        def run(self):
            return run(tmp_path)

        def found(self):
            answer = mina.get("/superthread/memories", params={"scope": "all", "limit": 100})
            return {memory["metadata"]["path"]: memory for memory in answer.json()["memories"]}

    return Vault()


def test_a_renamed_file_is_known_by_its_content(vault):
    vault.write("a.md", "text")
    vault.run()
    before = vault.found()["a.md"]
    vault.move("a.md", "notes/b.md")
    counts, err, _ = vault.run()
    assert (counts["changed"], counts["saved"], "Moved from a.md" in err) == (1, 0, True)
    assert vault.found()["notes/b.md"]["doc_id"] == before["doc_id"]
    assert vault.run()[0]["unchanged"] == 1


def test_a_renamed_file_with_an_id_may_have_another_content(vault):
    vault.write("a.md", "---\nid: n-1\n---\nold")
    vault.run()
    before = vault.found()["a.md"]
    vault.move("a.md", "b.md")
    vault.write("b.md", "---\nid: n-1\n---\nnew")
    assert vault.run()[0]["changed"] == 1
    after = vault.found()
    assert list(after) == ["b.md"]
    assert (after["b.md"]["doc_id"], after["b.md"]["content"]) == (before["doc_id"], "new")


def test_what_was_edited_in_the_hub_stays_when_only_the_file_moves(vault, mina):
    vault.write("a.md", "from the file")
    vault.run()
    url = f"/superthread/memories/{vault.found()['a.md']['doc_id']}"
    mina.patch(url, json={"content": "edited", "metadata": {"path": "a.md", "mine": 1}})
    vault.move("a.md", "b.md")
    vault.run()
    memory = vault.found()["b.md"]
    assert (memory["content"], memory["metadata"]["mine"]) == ("edited", 1)


def test_a_copy_is_another_memory(vault):
    vault.write("a.md", "---\nid: n-1\n---\ntext")
    vault.run()
    vault.write("b.md", "---\nid: n-1\n---\ntext")
    assert vault.run()[0]["saved"] == 1
    assert vault.run()[0]["unchanged"] == 2
    assert sorted(vault.found()) == ["a.md", "b.md"]


def test_two_files_of_one_content_that_move_stay_two_memories(vault):
    vault.write("a.md", "same")
    vault.write("b.md", "same")
    vault.run()
    before = {memory["doc_id"] for memory in vault.found().values()}
    vault.move("a.md", "c.md")
    vault.move("b.md", "d.md")
    vault.write("e.md", "same")
    counts, _, _ = vault.run()
    assert (counts["changed"], counts["saved"]) == (2, 1)
    after = vault.found()
    assert {after["c.md"]["doc_id"], after["d.md"]["doc_id"]} == before


def test_two_files_with_ids_that_change_names_change_nothing_else(vault):
    for name in "ab":
        vault.write(f"{name}.md", f"---\nid: n-{name}\n---\ntext of {name}")
    vault.run()
    before = vault.found()
    vault.move("a.md", "x.md")
    vault.move("b.md", "a.md")
    vault.move("x.md", "b.md")
    assert vault.run()[0]["changed"] == 2
    after = vault.found()
    assert after["a.md"]["doc_id"] == before["b.md"]["doc_id"]
    assert after["b.md"]["doc_id"] == before["a.md"]["doc_id"]
    assert after["a.md"]["content"] == "text of b"
    assert vault.run()[0]["unchanged"] == 2


def test_a_moved_file_whose_memory_is_in_the_trash_stays_there(vault, mina):
    vault.write("a.md", "text")
    vault.run()
    mina.delete(f"/superthread/memories/{vault.found()['a.md']['doc_id']}")
    vault.move("a.md", "b.md")
    assert vault.run()[0]["skipped"] == 1
    assert vault.found() == {}


def test_files_that_were_imported_before_they_could_move_are_not_reverted(vault, mina):
    """Their digest covered the path: it is another one now, though they did not change."""
    from superthread.models import Source
    from superthread.transfer import sources

    vault.write("a.md", "from the file")
    vault.run()
    memory = vault.found()["a.md"]
    draft = Draft("from the file", metadata={"path": "a.md"})
    Source.objects.update(digest=sources.digest_of(draft, without_path=False))
    mina.patch(f"/superthread/memories/{memory['doc_id']}", json={"content": "edited"})
    assert vault.run()[0]["unchanged"] == 1
    assert vault.found()["a.md"]["content"] == "edited"
    vault.move("a.md", "b.md")
    vault.run()
    assert vault.found()["b.md"]["content"] == "edited"
