"""A tree of Markdown files holds what people may read, by path, and is read again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from superthread.models import Memory, Source


def _export(root, *options):
    out = StringIO()
    call_command(
        "export_memories", str(root), "--markdown", *options, "--verbosity", "0", stdout=out
    )
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}


def test_each_memory_is_a_file_at_its_path(mina, api, tmp_path):
    mina.save("첫 번째\r\nsecond line", path="notes/plan.md", metadata={"tags": ["차", "no"]})
    untitled = mina.save("# A: title?\n\ntext")
    api("jun@example.com").save("for all", scope="public", path="about")
    files = _export(tmp_path / "tree")
    assert files.keys() == {
        "personal/mina@example.com/notes/plan.md",
        f"personal/mina@example.com/unnamed/A: title? ({untitled['doc_id'][-12:]}).md",
        "public/jun@example.com/about.md",
    }
    text = files["personal/mina@example.com/notes/plan.md"].read_bytes().decode()
    assert text.endswith("---\n첫 번째\r\nsecond line")
    assert "tags:\n- 차\n- 'no'\n" in text


def test_one_person_gets_what_she_may_read(mina, api, tmp_path):
    mina.save("mina's", path="a.md")
    api("jun@example.com").save("jun's", path="b.md")
    files = _export(tmp_path / "tree", "--as", "mina@example.com")
    assert files.keys() == {"personal/mina@example.com/a.md"}


def test_it_is_read_again(run, mina, tmp_path):
    mina.save("text", path="notes/a.md", category="plans", metadata={"n": 1, "on": "yes"})
    _export(tmp_path / "tree")
    Source.objects.all().delete()
    Memory.objects.all().delete()
    counts, err, failed = run(tmp_path / "tree" / "personal" / "mina@example.com")
    assert (counts["saved"], failed) == (1, False), err
    (memory,) = mina.get("/superthread/memories").json()["memories"]
    assert (memory["content"], memory["path"]) == ("text", "notes/a.md")
    assert memory["category"] == "plans"
    assert memory["metadata"]["n"] == 1
    assert memory["metadata"]["on"] == "yes"


def test_a_directory_that_is_there_is_left_as_it_is(mina, tmp_path):
    with pytest.raises(CommandError, match="Cannot write"):
        _export(tmp_path)


def test_a_name_too_long_for_a_file_is_named_and_the_others_are_written(mina, tmp_path):
    mina.save("long", path="x" * 300)
    mina.save("short", path="a.md")
    with pytest.raises(CommandError, match="1 could not be written"):
        _export(tmp_path / "tree")
    assert (tmp_path / "tree" / "personal" / "mina@example.com" / "a.md").exists()
