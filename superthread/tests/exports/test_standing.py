"""What is in the file of an export must still be its owner's to read when it is fetched."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.accounts import services as accounts
from memory_hub.core.identity import HUB, OPERATOR
from superthread.exports import files, runner, standing, upkeep
from superthread.models import Memory
from superthread.services import lifecycle
from superthread.tests.exports.asking import id_of, made, opened

FORMS = pytest.mark.parametrize("form", ["archive", "markdown"])


def _is_withdrawn(client, where):
    answer = client.get(f"{where}/file")
    if answer.status_code == 200:
        return False
    assert answer.status_code == 409
    job = client.get(where).json()
    assert (job["state"], job["why"]) == ("failed", upkeep.WITHDRAWN)
    assert list(files.directory().iterdir()) == []
    return True


def _share(jun, mina, memory, role):
    where = f"/superthread/permissions/{memory['doc_id']}"
    assert jun.post(where, json={"permissions": {"mina@example.com": role}}).status_code == 200
    if role:
        mina.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})


@FORMS
def test_what_changed_or_lies_in_the_trash_keeps_nobody_from_the_file(mina, jun, form):
    one, two = mina.save("One"), mina.save("Two", scope="public")
    theirs = jun.save("Jun's public", scope="public")
    where = made(mina, form)
    mina.patch(f"/superthread/memories/{one['doc_id']}", json={"content": "Changed"})
    for client, gone in ((mina, two), (jun, theirs)):
        assert client.delete(f"/superthread/memories/{gone['doc_id']}").status_code == 204
    new = mina.save("New")
    mina.delete(f"/superthread/memories/{new['doc_id']}?permanent=true")
    assert not _is_withdrawn(mina, where)


@FORMS
def test_what_was_deleted_for_good_is_fetched_no_more(mina, form):
    mina.save("One")
    gone = mina.save("Gone")
    where = made(mina, form)
    assert not _is_withdrawn(mina, where)
    mina.delete(f"/superthread/memories/{gone['doc_id']}?permanent=true")
    assert _is_withdrawn(mina, where)
    assert "Gone" not in str(opened(mina, made(mina)).read("memories.jsonl"))


def test_what_was_to_go_by_itself_takes_nothing_with_it(mina):
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    mina.save("For an hour", expires_at=until)
    gone = mina.save("In the trash")
    mina.delete(f"/superthread/memories/{gone['doc_id']}")
    long_ago = timezone.now() - timedelta(days=29, hours=23, minutes=59)
    Memory.objects.filter(doc_id=gone["doc_id"]).update(deleted_at=long_ago)
    where = made(mina)
    for name in ("expires_at", "deleted_at"):
        moved = timezone.now() - timedelta(days=31)
        Memory.objects.exclude(**{name: None}).update(**{name: moved})
    job = id_of(where)
    path = files.judged(job)
    # As if the day had passed.
    head, records = path.read_bytes().split(b"\n", 1)
    told = [one._replace(until=0.0) for one in map(_judged, _cut(records))]
    assert all(standing.Judged(*one).until < timezone.now().timestamp() for one in told)
    path.write_bytes(head + b"\n" + b"".join(standing._RECORD.pack(*one) for one in told))
    assert lifecycle.purge_due(by=HUB) == 2
    assert not _is_withdrawn(mina, where)


def _cut(records):
    size = standing._RECORD.size
    return [records[start : start + size] for start in range(0, len(records), size)]


def _judged(record):
    return standing.Judged(*standing._RECORD.unpack(record))


@FORMS
def test_a_share_that_ended_takes_the_file_with_it(mina, jun, form):
    memory = jun.save("Jun's")
    _share(jun, mina, memory, "viewer")
    where = made(mina, form)
    _share(jun, mina, memory, None)
    assert _is_withdrawn(mina, where)


def test_a_lower_role_takes_an_archive_whose_history_it_does_not_see(mina, jun):
    memory = jun.save("Jun's")
    _share(jun, mina, memory, "editor")
    archive, tree = made(mina), made(mina, "markdown")
    _share(jun, mina, memory, "viewer")
    assert mina.get(f"{archive}/file").status_code == 409
    assert mina.get(f"{tree}/file").status_code == 200


@FORMS
def test_who_left_a_team_fetches_nothing_of_it(mina, jun, form):
    for who, role in (("mina@example.com", "member"), ("jun@example.com", "admin")):
        accounts.place_member(key="alpha", email=who, role=role, by=OPERATOR)
    jun.save("Of the team", scope="team", team_key="alpha")
    where = made(mina, form)
    assert jun.delete("/accounts/teams/alpha/members/mina@example.com").status_code == 204
    assert _is_withdrawn(mina, where)


def test_a_redacted_version_takes_the_file_with_it(mina):
    memory = mina.save("A secret")
    where = f"/superthread/memories/{memory['doc_id']}"
    mina.patch(where, json={"content": "None"})
    before = made(mina)
    redacted = mina.post(f"/superthread/versions/{memory['doc_id']}/redact/1")
    assert redacted.status_code == 200, redacted.text
    after = made(mina)
    assert mina.get(f"{before}/file").status_code == 409
    assert "A secret" not in opened(mina, after).read("memories.jsonl").decode()


def test_what_went_while_the_file_was_made_is_not_in_what_is_fetched(mina, jun, monkeypatch):
    memory = jun.save("Jun's")
    _share(jun, mina, memory, "viewer")
    real = standing.write

    def late(*args, **more):
        _share(jun, mina, memory, None)
        real(*args, **more)

    monkeypatch.setattr(standing, "write", late)
    assert _is_withdrawn(mina, made(mina))


def test_many_are_judged_in_parts(mina, monkeypatch):
    monkeypatch.setattr(standing, "AT_ONCE", 2)
    saved = [mina.save(f"Number {n}") for n in range(5)]
    where = made(mina)
    assert not _is_withdrawn(mina, where)
    mina.delete(f"/superthread/memories/{saved[-1]['doc_id']}?permanent=true")
    assert _is_withdrawn(mina, where)


def test_files_that_nobody_fetches_are_judged_by_the_hour(mina):
    gone = mina.save("Gone")
    where = made(mina)
    mina.delete(f"/superthread/memories/{gone['doc_id']}?permanent=true")
    assert upkeep.withdraw() == 0
    os.utime(files.judged(id_of(where)), (0, 0))
    runner.runner()._found()
    assert list(files.directory().iterdir()) == []
    assert mina.get(where).json()["state"] == "failed"


def test_one_of_before_is_fetched_as_it_was(mina):
    gone = mina.save("Gone")
    where = made(mina)
    files.judged(id_of(where)).unlink()
    mina.delete(f"/superthread/memories/{gone['doc_id']}?permanent=true")
    assert not _is_withdrawn(mina, where)
