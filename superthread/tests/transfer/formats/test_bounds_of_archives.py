"""Archives that would take more of a host than they may: none does, whatever they say of
themselves."""

import struct
import zipfile

import pytest

from superthread.tests.transfer.formats.packing import tar_of, zip_of
from superthread.tests.transfer.formats.samples import zipped
from superthread.tests.transfer.formats.test_assistants import memories
from superthread.transfer.formats import archives


def test_a_bomb_ends_before_it_fills_the_disk(run, mina, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "SUSPECTED_BYTES", 2**20)
    bomb = zipped(tmp_path / "bomb.zip", {"conversations.json": b" " * 2**24})
    assert bomb.stat().st_size * archives.RATIO < 2**24
    _, err, failed = run(bomb)
    assert failed
    assert "bomb" in err


def test_so_does_one_within_an_archive(run, mina, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "SUSPECTED_BYTES", 2**20)
    inner = zip_of(("a.json", b" " * 2**24))
    _, err, failed = run(zipped(tmp_path / "outer.zip", {"inner.zip": inner}))
    assert failed
    assert "bomb" in err


def test_more_entries_than_may_be_are_refused(run, mina, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "ENTRIES", 5)
    many = {f"{n}.md": "x" for n in range(6)}
    assert "more than 5 entries" in run(zipped(tmp_path / "many.zip", many))[1]
    (tmp_path / "many.tar").write_bytes(tar_of(*((f"{n}.md", b"x") for n in range(6))))
    assert "more than 5 entries" in run(tmp_path / "many.tar")[1]


def with_a_hidden_directory(size):
    """A ZIP file whose end says that there is nothing in it, and whose other end, of ZIP64, that
    its directory has so many bytes."""
    end64 = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 1, 1, size, 0)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, size, 1)
    return end64 + locator + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0, 0, 0, 0, 0)


def test_a_directory_is_as_long_as_it_is_whatever_its_end_says(run, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_DIRECTORY_BYTES", 2**18)
    size = 2**18 + 1
    (tmp_path / "long.zip").write_bytes(b"PK" + bytes(size - 2) + with_a_hidden_directory(size))
    assert "longer than any" in run(tmp_path / "long.zip")[1]


def test_entries_are_counted_before_they_are_read(run, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "ENTRIES", 5)
    whole = zip_of(*((f"{n}.md", "x") for n in range(6)))
    at = whole.index(b"PK\x05\x06")
    lying = whole[: at + 8] + struct.pack("<2H", 1, 1) + whole[at + 12 :]
    (tmp_path / "many.zip").write_bytes(lying)
    monkeypatch.setattr(zipfile.ZipFile, "infolist", None)
    assert "more than 5 entries" in run(tmp_path / "many.zip")[1]


@pytest.mark.parametrize("inner", [False, True])
def test_what_is_passed_over_in_a_packed_tar_is_counted_too(run, tmp_path, monkeypatch, inner):
    monkeypatch.setattr(archives, "SUSPECTED_BYTES", 2**20)
    bomb = tar_of(("picture.png", bytes(2**24)), ("a.md", b"x"), packed=True)
    name, data = ("b.tgz", tar_of(("a.tgz", bomb))) if inner else ("a.tgz", bomb)
    (tmp_path / name).write_bytes(data)
    _, err, failed = run(tmp_path / name)
    assert failed
    assert "bomb" in err


def test_folders_that_go_on_for_ever_are_left_out(run, mina, tmp_path):
    deep = "/".join(["d"] * 1_000) + "/a.md"
    (tmp_path / "a.zip").write_bytes(zip_of((deep, "text"), ("b.md", "text")))
    assert "folders deep" in run(tmp_path / "a.zip")[1]
    assert len(memories(mina)) == 1
