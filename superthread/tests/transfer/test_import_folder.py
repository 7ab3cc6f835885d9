"""A directory is imported: one memory a file, whatever lies in it."""

import os
import unicodedata

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread import limits
from superthread.tests.transfer.test_import import _mine
from superthread.transfer import front_matter


def _by_path(client):
    return {memory["metadata"].get("path"): memory for memory in _mine(client)}


def test_a_directory_becomes_one_memory_a_file(run, mina, tmp_path):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    (tmp_path / "docs").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_bytes(b"\xef\xbb\xbf# Read me\r\n\r\nlast line")
    (tmp_path / "docs" / "how.markdown").write_text(
        "---\nscope: team\nteam_key: alpha\ncategory: how-to\ntags: [a, b]\ndate: 2026-01-02\n"
        "---\n\n# How\n"
    )
    (tmp_path / "docs" / "LICENSE").write_text("Do what you like.\n")
    (tmp_path / "docs" / "rule.txt").write_text("---\n\nA text after a ruler\n\n---\nmore\n")
    (tmp_path / ".git" / "notes.md").write_text("hidden")
    (tmp_path / "code.py").write_text("pass")
    counts, err, failed = run(tmp_path)
    assert (counts["saved"], failed) == (4, False)
    assert ".py 1" in err
    found = _by_path(mina)
    assert found["README.md"]["content"] == "# Read me\r\n\r\nlast line"
    how = found["docs/how.markdown"]
    assert (how["scope"], how["team_key"], how["category"]) == ("team", "alpha", "how-to")
    assert how["content"] == "\n# How\n"
    assert how["metadata"] == {
        "path": "docs/how.markdown",
        "tags": ["a", "b"],
        "date": "2026-01-02",
    }
    assert found["docs/LICENSE"]["content"] == "Do what you like.\n"
    assert found["docs/rule.txt"]["content"].startswith("---\n\nA text")


def test_a_changed_file_is_a_new_version_of_its_memory(run, mina, tmp_path):
    file = tmp_path / "a.md"
    file.write_text("old")
    (tmp_path / "b.md").write_text("same")
    run(tmp_path)
    file.write_text("new")
    counts, _, _ = run(tmp_path)
    assert (counts["saved"], counts["changed"], counts["unchanged"]) == (0, 1, 1)
    changed = _by_path(mina)["a.md"]
    assert (changed["content"], changed["revision"]) == ("new", 2)


def test_a_moved_directory_is_known_again_by_its_collection(run, mina, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text("text")
    assert run(tmp_path / "one", "--collection", "handbook")[0]["saved"] == 1
    assert run(tmp_path / "two", "--collection", "handbook")[0]["unchanged"] == 1
    assert run(tmp_path / "two")[0]["saved"] == 1


def test_texts_are_stored_as_nfc_and_otherwise_byte_for_byte(run, mina, tmp_path):
    text = "  e\u0301\t한글 \u1112\u1161\u11ab\r\n\n\u2028 end \x0b"
    (tmp_path / "a.md").write_bytes(text.encode())
    run(tmp_path)
    assert _by_path(mina)["a.md"]["content"] == unicodedata.normalize("NFC", text)


def test_files_that_are_no_texts_are_left_out_and_said(run, mina, tmp_path):
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.md").write_text("secret")
    (inside / "link.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    os.mkfifo(inside / "pipe.txt")
    (inside / "binary.txt").write_bytes(b"PK\x03\x04\x00\x00")
    (inside / "empty.md").write_text("")
    (inside / "blank.md").write_text("---\ncategory: a\n---\n \n")
    (inside / "good.md").write_text("good")
    counts, err, failed = run(inside)
    assert (counts["saved"], counts["skipped"], failed) == (1, 6, False)
    for name in ("link.md", "folder", "pipe.txt", "binary.txt", "empty.md", "blank.md"):
        assert f"{name}: skipped" in err
    assert [memory["content"] for memory in _mine(mina)] == ["good"]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"caf\xe9", id="latin-1"),
        pytest.param(b"\xed\xa0\x80", id="a surrogate in UTF-8"),
        pytest.param(b"x" * (limits.CONTENT_BYTES + 1), id="over the limit"),
        pytest.param(b"x" * (limits.CONTENT_BYTES * 2), id="far over the limit"),
        pytest.param(b"x" * 9000 + b"\x00", id="a NUL late in the file"),
        pytest.param(b"---\na: [\n---\ntext", id="broken front matter"),
        pytest.param(b"---\na: &x [1]\nb: *x\n---\ntext", id="an alias in front matter"),
        pytest.param(b"---\na: 1\na: 2\n---\ntext", id="a key twice in front matter"),
        pytest.param(b"---\nscope: nowhere\n---\ntext", id="an unknown scope"),
        pytest.param(b"---\nscope: team\nteam_key: foreign\n---\ntext", id="a foreign team"),
        pytest.param(b"---\ncategory: 7\n---\ntext", id="a number as category"),
        pytest.param(b"---\na: " + b"[" * 8000 + b"\n---\ntext", id="deep front matter"),
        pytest.param(
            b"---\na: " + b"x" * front_matter.LIMIT + b"\n---\nend", id="long front matter"
        ),
        pytest.param(b"---\nscope: personal\n\ntext", id="front matter without an end"),
        pytest.param(b"---\nScope: personal\n---\ntext", id="a scope in another spelling"),
        pytest.param(b"---\nphoto: !!binary aGVsbG8=\n---\ntext", id="a tag in front matter"),
        pytest.param(b"---\nscope: public\n---\ntext", id="a public note"),
        pytest.param(b"+++\nscope personal\n+++\ntext", id="broken TOML"),
    ],
)
def test_a_bad_file_is_named_and_the_others_are_imported(run, mina, tmp_path, raw):
    (tmp_path / "a.md").write_text("good a")
    (tmp_path / "bad.md").write_bytes(raw)
    (tmp_path / "c.md").write_text("good c")
    counts, err, failed = run(tmp_path)
    assert (counts["saved"], counts["failed"], failed) == (2, 1, True)
    assert "bad.md: failed" in err
    assert set(_by_path(mina)) == {"a.md", "c.md"}


def test_a_file_name_that_is_not_utf8_is_refused_and_printed(run, mina, tmp_path):
    name = os.fsdecode(b"caf\xe9.md")
    (tmp_path / name).write_text("text")
    counts, err, _ = run(tmp_path)
    assert counts["failed"] == 1
    assert "caf\\udce9.md" in err


def test_files_whose_names_differ_in_case_or_normal_form_are_memories_each(run, mina, tmp_path):
    names = ["Note.md", "note.md", "caf\u00e9.md", "cafe\u0301.md", "cafe\u0301/\u1112\u1161.md"]
    (tmp_path / "cafe\u0301").mkdir()
    for name in names:
        (tmp_path / name).write_text(name)
    assert run(tmp_path)[0]["saved"] == len(names)
    kept = {memory["content"] for memory in _mine(mina)}
    assert len(kept) == len({unicodedata.normalize("NFC", name) for name in names})
    assert len(_mine(mina)) == len(names)
    assert run(tmp_path)[0]["unchanged"] == len(names)
    (tmp_path / names[3]).write_text("another")
    counts, _, _ = run(tmp_path)
    assert (counts["changed"], counts["unchanged"]) == (1, len(names) - 1)
    # A vault that was copied to a system that keeps names otherwise is the same.
    (tmp_path / names[3]).unlink()
    (tmp_path / names[4]).rename(tmp_path / "cafe\u0301" / "\ud558.md")
    counts, _, _ = run(tmp_path)
    assert (counts["saved"], counts["unchanged"]) == (0, len(names) - 1)


def test_a_name_that_is_no_text_is_an_error_of_its_file(run, mina, tmp_path):
    (tmp_path / "a.md").write_text("a")
    with open(os.fsencode(tmp_path) + b"/b\xff.md", "wb") as file:
        file.write(b"b")
    counts, err, _ = run(tmp_path)
    assert (counts["saved"], counts["failed"], "not UTF-8" in err) == (1, 1, True)
