"""Imports keep paths: a file's becomes the memory's, and an export's comes back."""

from io import StringIO

import orjson
from django.core.management import call_command

from superthread.models import Memory


def paths() -> dict[str, str | None]:
    """Path by content."""
    return dict(Memory.objects.filter(deleted_at=None).values_list("content", "path"))


def test_a_files_path_becomes_the_memorys(run, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "deploy.md").write_text("Tuesdays.")
    (tmp_path / "README").write_text("Read me.")
    run(tmp_path)
    assert paths() == {"Tuesdays.": "notes/deploy.md", "Read me.": "README"}
    assert run(tmp_path)[0]["unchanged"] == 2


def test_a_file_that_moved_takes_its_memorys_path_along(run, tmp_path):
    (tmp_path / "a.md").write_text("---\nid: 7\n---\nOne.")
    (tmp_path / "b.md").write_text("Two.")
    run(tmp_path)
    (tmp_path / "new").mkdir()
    (tmp_path / "a.md").rename(tmp_path / "new" / "a.md")
    (tmp_path / "new" / "a.md").write_text("---\nid: 7\n---\nOne, changed.")
    (tmp_path / "b.md").rename(tmp_path / "c.md")
    assert run(tmp_path)[0]["changed"] == 2
    assert paths() == {"One, changed.": "new/a.md", "Two.": "c.md"}


def test_what_people_made_of_a_path_stays_while_the_file_does(run, mina, tmp_path):
    (tmp_path / "a.md").write_text("One.")
    run(tmp_path)
    memory = Memory.objects.get()
    mina.patch(f"/superthread/memories/{memory.doc_id}", json={"path": "mine.md"})
    (tmp_path / "a.md").write_text("Two.")
    run(tmp_path)
    assert paths() == {"Two.": "mine.md"}


def test_a_path_that_is_taken_does_not_keep_the_text_out(run, mina, tmp_path):
    mina.save("Here first.", path="A.md")
    (tmp_path / "a.md").write_text("One.")
    (tmp_path / "b").write_text("not a text by its name")
    (tmp_path / "c.md").write_text("Three.")
    counts, told, failed = run(tmp_path)
    assert (counts["saved"], failed) == (2, False)
    assert "a.md: saved: Without its path: There is A.md" in told
    assert paths() == {"Here first.": "A.md", "One.": None, "Three.": "c.md"}
    assert run(tmp_path)[0]["unchanged"] == 2


def test_a_move_to_a_path_that_is_taken_is_told(run, mina, tmp_path):
    (tmp_path / "a.md").write_text("One.")
    run(tmp_path)
    mina.save("Here first.", path="b.md")
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    counts, told, _ = run(tmp_path)
    assert counts["changed"] == 1
    assert "Without its path" in told
    assert paths() == {"One.": "a.md", "Here first.": "b.md"}


def test_lines_name_paths_and_change_them(run, tmp_path):
    file = tmp_path / "lines.jsonl"
    file.write_bytes(orjson.dumps({"content": "One.", "source": "1", "path": "a"}))
    run(file)
    file.write_bytes(orjson.dumps({"content": "One.", "source": "1", "path": "b"}))
    assert run(file)[0]["changed"] == 1
    assert paths() == {"One.": "b"}
    file.write_bytes(orjson.dumps({"content": "Two.", "source": "2", "path": "a//b"}))
    assert run(file)[2]


def test_an_export_with_its_history_comes_back_with_every_path(run, mina, tmp_path):
    memory = mina.save("One.", path="a")["doc_id"]
    url = f"/superthread/memories/{memory}"
    mina.patch(url, json={"path": "b/c"})
    mina.patch(url, json={"content": "Two."})
    file = tmp_path / "out.jsonl"
    call_command("export_memories", str(file), "--with", "history", stdout=StringIO())
    mina.delete(url, params={"permanent": "true"})
    assert run(file)[0]["failed"] == 0
    assert paths() == {"Two.": "b/c"}
    (back,) = Memory.objects.all()
    kept = mina.get(f"/superthread/versions/{back.doc_id}").json()["versions"]
    assert [version["path"] for version in kept] == ["b/c", "b/c", "a"]
