"""An export that is deleted, cut off, refused or forgotten ends, and leaves no file."""

from django.utils import timezone

from memory_hub.core.errors import InsufficientStorage
from superthread.exports import files, runner, services, upkeep
from superthread.models import Export
from superthread.models.exported import KEPT
from superthread.tests.exports.asking import URL, asked, id_of, lines_of, made, opened
from superthread.tests.imports.sending import principal
from superthread.transfer.file_jobs import JobControl


def test_a_day_later_it_is_gone(mina):
    where = made(mina)
    assert mina.get(where).json()["expires_at"] > mina.get(where).json()["ended_at"]
    Export.objects.update(ended_at=timezone.now() - KEPT)
    assert mina.get(where).status_code == 404
    assert mina.get(f"{where}/file").status_code == 404
    assert mina.get(URL).json() == {"exports": []}
    assert upkeep.remove_lost() == 1
    assert upkeep.forget_old() == 1
    assert not Export.objects.exists()
    assert list(files.directory().iterdir()) == []


def test_what_nobody_makes_ends(mina):
    where = asked(mina)
    Export.objects.update(created_at=timezone.now() - 2 * KEPT)
    assert upkeep.forget_old() == 1
    job = mina.get(where).json()
    assert (job["state"], job["why"]) == ("failed", "Nobody came to it for a day.")
    runner.carry_out(id_of(where))
    assert list(files.directory().iterdir()) == []


def test_before_it_is_done_there_is_no_file(mina):
    where = asked(mina)
    assert mina.get(where).json()["state"] == "waiting"
    assert mina.get(f"{where}/file").status_code == 409
    runner.carry_out(id_of(where))
    files.of(id_of(where)).unlink()
    assert mina.get(f"{where}/file").status_code == 503


def test_one_that_is_deleted_stops_and_leaves_nothing(mina, monkeypatch):
    for number in range(3):
        mina.save(f"Note {number}")
    monkeypatch.setattr(runner, "TOLD_EVERY", 0.0)
    note, told = runner._Run._note, []

    def deleting(run):
        told.append(len(run._ids))
        if len(told) == 2:
            services.delete(run.job.pk, by=principal(mina))
        note(run)

    monkeypatch.setattr(runner._Run, "_note", deleting)
    where = made(mina)
    assert told == [1, 2]
    assert mina.get(where).status_code == 404
    assert list(files.directory().iterdir()) == []


def test_one_that_is_done_is_deleted_with_its_file(mina):
    where = made(mina)
    assert mina.delete(where).status_code == 204
    assert mina.get(f"{where}/file").status_code == 404
    assert list(files.directory().iterdir()) == []


def test_one_that_was_cut_off_is_made_again(mina, monkeypatch):
    mina.save("One")
    monkeypatch.setattr(runner, "TOLD_EVERY", 0.0)
    where = asked(mina)
    part = JobControl()
    part.is_over = lambda: True
    runner.carry_out(id_of(where), part)
    assert mina.get(where).json()["state"] == "running"
    assert files.asked() == [id_of(where)]
    runner.carry_out(id_of(where))
    assert mina.get(where).json()["state"] == "done"
    assert len(lines_of(opened(mina, where))) == 1


def test_there_are_two_at_a_time(mina, jun):
    first, _ = made(mina), asked(mina)
    answer = mina.post(URL, json={})
    assert answer.status_code == 409
    assert "delete one" in answer.json()["detail"]
    asked(jun)
    mina.delete(first)
    asked(mina)


def test_what_cannot_be_made_is_refused_or_says_why(mina, monkeypatch):
    assert mina.post(URL, json={"format": "papyrus"}).status_code == 400
    assert mina.post(URL, json={"place": "all"}).status_code == 400
    assert not Export.objects.exists()
    mina.save("One")
    where = asked(mina)

    def full():
        raise InsufficientStorage("There is no room.")

    monkeypatch.setattr(runner, "TOLD_EVERY", 0.0)
    monkeypatch.setattr(files, "require_room", full)
    assert mina.post(URL, json={}).status_code == 507
    runner.carry_out(id_of(where))
    job = mina.get(where).json()
    assert (job["state"], job["why"]) == ("failed", "There is no room.")
    assert list(files.directory().iterdir()) == []


def test_what_nobody_foresaw_ends_it_and_is_not_told_to_its_owner(mina, monkeypatch, caplog):
    def broken(*given, **named):
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("superthread.transfer.formats.hub_archive.write", broken)
    job = mina.get(made(mina)).json()
    assert (job["state"], job["why"]) == ("failed", "It could not be carried out.")
    assert list(files.directory().iterdir()) == []
