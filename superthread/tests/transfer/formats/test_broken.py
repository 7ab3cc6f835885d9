"""Broken and hostile files: each has a clear outcome, what is good beside it comes in."""

import pytest

from superthread.tests.transfer.formats.broken_files import CORPUS, GOOD, talks
from superthread.tests.transfer.formats.packing import zip_of
from superthread.tests.transfer.formats.samples import (
    chat,
    claude_files,
    dumped,
    said,
    zipped,
)
from superthread.tests.transfer.formats.test_assistants import memories
from superthread.transfer.formats import json_stream


@pytest.mark.parametrize("case", CORPUS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_broken_has_a_clear_outcome(run, mina, tmp_path, case):
    name, data, options, told, saved = CORPUS[case]
    file = tmp_path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    _, err, failed = run(file, *options)
    assert told in err
    assert "Traceback" not in err
    assert len(memories(mina)) == saved
    assert failed or saved
    # What does not come is told of, in words of the hub.
    assert saved or "could not be imported" in err or "nothing in it" in err or name in err
    assert sorted(one.name for one in tmp_path.iterdir()) == [name]


def test_there_are_forty_of_them():
    assert len(CORPUS) >= 40


def test_an_element_too_long_is_named_and_the_next_one_comes(run, mina, tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "ELEMENT_BYTES", 200_000)
    long = chat("long", "Long", *(said("user", "x" * 9_000) for _ in range(60)))
    file = tmp_path / "conversations.json"
    file.write_text(talks(long))
    counts, err, _ = run(file)
    assert (counts["saved"], counts["failed"]) == (1, 1)
    assert "conversations.json:1: failed: The conversation is too long" in err


def test_a_single_value_without_end_stops_the_file(run, mina, tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "ELEMENT_BYTES", 200_000)
    file = tmp_path / "conversations.json"
    file.write_text(dumped([GOOD, chat("v", "V", said("user", "x" * 900_000))]))
    counts, err, failed = run(file)
    assert (counts["saved"], failed) == (1, True)
    assert "A single value" in err


def test_names_of_old_windows_archives_are_read(run, mina, tmp_path):
    data = zip_of(("XXXX.md", "text"))
    name = "회의".encode("cp949")
    (tmp_path / "old.zip").write_bytes(data.replace(b"XXXX", name))
    run(tmp_path / "old.zip")
    assert list(memories(mina)) == ["회의.md"]


def test_what_another_claims_in_a_file_counts_for_nothing(run, mina, tmp_path):
    files = claude_files(newer=False)
    files["conversations.json"] = files["conversations.json"].replace('"uuid": "a-1"', '"x": "y"')
    run(zipped(tmp_path / "data.zip", files))
    assert {one["owner"] for one in memories(mina).values()} == {"mina@example.com"}
