"""An import that is cancelled, cut off, broken or out of room leaves no file behind."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from django.utils import timezone

from memory_hub.core import disk
from memory_hub.core.errors import InsufficientStorage
from superthread.imports import files, runner, services
from superthread.models import Import, ImportState, Memory
from superthread.tests.imports.sending import carried_out, mine, principal, send
from superthread.tests.transfer.formats.samples import chat, dumped, said, zipped
from superthread.transfer.file_jobs import JobControl


@pytest.fixture
def filling(monkeypatch):
    """A disk with so much left beside its reserve; what is written is taken from it by others."""

    def left(*sizes):
        told = (SimpleNamespace(free=disk.RESERVE + size) for size in (*sizes, *[0] * 9))
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: next(told))

    return left


def test_a_file_that_comes_while_others_fill_the_disk_is_refused(mina, filling):
    filling(2**30, 2**20)
    send(mina, b"x" * 2**20 + b"y", 507)
    assert list(files.directory().iterdir()) == []
    filling(2**31, 1)
    with pytest.raises(InsufficientStorage):
        services.start(by=principal(mina), chunks=[b"text"], asked=services.ImportRequest("a.md"))
    assert list(files.directory().iterdir()) == []


def test_what_is_unpacked_never_fills_the_disk(mina, filling, tmp_path):
    packed = zipped(tmp_path / "a.zip", {"a.md": "tea", "b.md": "milk"}).read_bytes()
    where = send(mina, packed).headers["Location"]
    filling(2**20, 2**20, 2**20, 3)
    runner.carry_out(UUID(where.rpartition("/")[2]))
    job = mina.get(where).json()
    assert (job["state"], job["why"]) == (
        "failed",
        "There is no room for the file on the disk of the hub.",
    )
    assert (list(files.directory().iterdir()), mine(mina)) == ([], [])


@pytest.fixture
def talks(mina, monkeypatch):
    """``talks(count)``: where an import of so many is, and its id. They are saved two at a time,
    and each is told of."""
    monkeypatch.setattr("superthread.transfer.importing.BATCH", 2)
    monkeypatch.setattr(runner, "TOLD_EVERY", 0.0)

    def sent(count):
        told = [chat(f"k-{n}", f"Talk {n}", said("user", f"hello {n}")) for n in range(count)]
        where = send(mina, dumped(told), filename="conversations.json").headers["Location"]
        return where, UUID(where.rpartition("/")[2])

    return sent


def test_a_cancelled_import_stops_and_keeps_what_has_come(mina, talks, monkeypatch):
    where, import_id = talks(10)
    take, seen = runner._Run._take, []

    def cancelling(run, outcome):
        seen.append(outcome)
        if len(seen) == 3:
            services.cancel(import_id, by=principal(mina))
        take(run, outcome)

    monkeypatch.setattr(runner._Run, "_take", cancelling)
    runner.carry_out(import_id)
    assert mina.get(where).json()["state"] == "cancelled"
    assert len(mine(mina)) == 4
    assert list(files.directory().iterdir()) == []
    assert mina.delete(where).status_code == 204
    assert mina.get(where).status_code == 404


@pytest.fixture
def cancelled(mina, monkeypatch):
    """``cancelled(data, name, at)``: what was read of an import, by the names of files, when it
    ended; it was cancelled at the first look at how far it is behind so many."""
    monkeypatch.setattr(runner, "TOLD_EVERY", 0.0)

    def cancel(data, name, at):
        where = send(mina, data, filename=name).headers["Location"]
        import_id, looks, note = UUID(where.rpartition("/")[2]), [], runner._Run._note

        def noting(run):
            looks.append(run._done)
            if len(looks) == at:
                services.cancel(import_id, by=principal(mina))
            note(run)

        monkeypatch.setattr(runner._Run, "_note", noting)
        runner.carry_out(import_id)
        assert mina.get(where).json()["state"] == "cancelled"
        assert list(files.directory().iterdir()) == []
        return looks

    return cancel


def test_one_that_is_cancelled_is_unpacked_no_further(mina, cancelled, tmp_path):
    packed = zipped(tmp_path / "a.zip", {f"{n}.md": f"text {n}" for n in range(50)})
    assert cancelled(packed.read_bytes(), "a.zip", 10) == [0] * 10
    assert mine(mina) == []


def test_a_long_file_that_is_cancelled_is_read_no_further(mina, cancelled):
    talks = [chat(f"k-{n}", "Talk", said("user", "word " * 10_000)) for n in range(20)]
    whole = dumped(talks)
    read = cancelled(whole, "conversations.json", 5)
    assert len(read) == 5
    assert 0 < read[-1] < len(whole) / 2
    assert mine(mina) == []


def test_one_that_was_cut_off_goes_on_and_nothing_comes_twice(mina, talks):
    where, import_id = talks(6)
    part = JobControl()
    part.is_over = lambda: Memory.objects.count() >= 2
    runner.carry_out(import_id, part)
    assert mina.get(where).json()["state"] == "running"
    assert files.waiting() == [import_id]
    runner.carry_out(import_id)
    job = mina.get(where).json()
    assert (job["state"], job["counts"]) == ("done", {"unchanged": 2, "saved": 4})
    numbers = [one["number"] for one in mina.get(f"{where}/outcomes").json()["outcomes"]]
    assert numbers == list(range(1, 7))
    assert len(mine(mina)) == 6


def test_what_nobody_foresaw_ends_it_and_is_not_told_to_its_owner(mina, monkeypatch, caplog):
    def broken(tree, name):
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr(runner, "found", broken)
    job, _ = carried_out(mina, "text", filename="a.md")
    assert (job["state"], job["why"]) == ("failed", "It could not be carried out.")
    assert files.waiting() == []


def test_old_ones_are_forgotten_and_lost_ones_end(mina):
    send(mina, "one")
    send(mina, "two")
    lost, ended = Import.objects.order_by("pk")
    long_ago = timezone.now() - services.KEPT * 2
    Import.objects.filter(pk=lost.pk).update(created_at=long_ago)
    Import.objects.filter(pk=ended.pk).update(state=ImportState.DONE, ended_at=long_ago)
    assert services.forget_ended() == 2
    assert [one.state for one in Import.objects.all()] == ["failed"]
