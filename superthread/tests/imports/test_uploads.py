"""A file that is sent becomes memories of the one who sent it, in the background."""

import json

import pytest

from memory_hub.accounts.models import User
from memory_hub.core.errors import Conflict, InsufficientStorage
from superthread.imports import files, runner, services
from superthread.models import Grant, Import, ImportState
from superthread.tests.imports.sending import URL, carried_out, mine, principal, send
from superthread.tests.transfer.formats.samples import chats, dumped, zipped


def test_a_file_becomes_memories_and_says_of_each_what_became_of_it(mina, tmp_path):
    packed = zipped(tmp_path / "a.zip", {"conversations.json": dumped(chats())}).read_bytes()
    job, outcomes = carried_out(mina, packed, filename="chatgpt.zip")
    assert (job["state"], job["format"], job["name"]) == ("done", "chatgpt", "chatgpt.zip")
    assert job["counts"] == {"saved": 2}
    assert job["size"] == len(packed)
    assert job["done"] == job["total"] > 0
    assert [(one["number"], one["kind"]) for one in outcomes] == [(1, "saved"), (2, "saved")]
    assert outcomes[0]["place"] == "conversations.json:1"
    assert {one["owner"] for one in mine(mina)} == {"mina@example.com"}
    assert mina.get(URL).json()["imports"] == [job]
    assert list(files.directory().iterdir()) == []


def test_sent_again_under_any_name_nothing_comes_twice(mina, tmp_path):
    carried_out(mina, dumped(chats()), filename="conversations.json")
    packed = zipped(tmp_path / "a.zip", {"conversations-000.json": dumped(chats())}).read_bytes()
    job, _ = carried_out(mina, packed)
    assert job["counts"] == {"unchanged": 2}


def test_owners_ids_and_grants_in_a_file_are_named_and_count_for_nothing(mina, api):
    jun = api("jun@example.com")
    theirs = jun.save("Jun's own")
    line = {
        "content": "taken over?",
        "scope": "personal",
        "category": "default",
        "metadata": {},
        "owner": "jun@example.com",
        "created_at": "2026-01-05T00:00:00Z",
        "revision": 9,
        "grants": {"sora@example.com": "admin"},
        "source": f"urn:uuid:{theirs['doc_id']}",
    }
    job, (outcome,) = carried_out(mina, json.dumps(line), filename="all.jsonl")
    assert job["counts"] == {"saved": 1}
    assert outcome["why"] == "Ignored: owner, grants, revision, id."
    (memory,) = mine(mina)
    assert (memory["owner"], memory["revision"]) == ("mina@example.com", 1)
    assert memory["doc_id"] != theirs["doc_id"]
    assert not Grant.objects.exists()
    assert not User.objects.filter(email="sora@example.com").exists()
    assert jun.get(f"/superthread/memories/{theirs['doc_id']}").json() == theirs


def test_nothing_becomes_public_by_a_file(mina):
    line = json.dumps({"content": "for all", "scope": "public"})
    job, (outcome,) = carried_out(mina, line, filename="a.jsonl")
    assert (job["counts"], outcome["kind"]) == ({"failed": 1}, "failed")
    assert mine(mina) == []


def test_a_dry_run_writes_nothing(mina):
    job, outcomes = carried_out(mina, dumped(chats()), filename="c.json", dry_run="true")
    assert (job["dry_run"], job["counts"]) == (True, {"saved": 2})
    assert [one["kind"] for one in outcomes] == ["saved", "saved"]
    assert mine(mina) == []


def test_what_is_asked_for_holds_for_what_names_none(mina, api):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    carried_out(mina, "text", filename="a.md", team_key="alpha", category="notes")
    (memory,) = mine(mina)
    assert (memory["scope"], memory["team_key"]) == ("team", "alpha")
    assert memory["category"] == "notes"
    send(mina, "text", 400, team_key="beta")
    send(mina, "text", 400, format="klingon")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.zip", b"PK and nothing", "no ZIP file"),
        ("a.png", b"\x89PNG\r\n\x1a\n", ""),
        ("conversations.json", b"[]", "nothing in it"),
    ],
)
def test_what_cannot_be_imported_says_why(mina, name, data, why):
    job, outcomes = carried_out(mina, data, filename=name, format="auto")
    assert job["state"] == "failed" or {one["kind"] for one in outcomes} <= {"failed", "skipped"}
    assert why in job["why"]
    assert mine(mina) == []
    assert list(files.directory().iterdir()) == []


def test_others_are_not_told_that_there_is_one(mina, api, nobody):
    where = send(mina, "text").headers["Location"]
    jun = api("jun@example.com")
    assert jun.get(URL).json() == {"imports": []}
    assert jun.get(where).status_code == 404
    assert jun.get(f"{where}/outcomes").status_code == 404
    assert jun.delete(where).status_code == 404
    assert jun.get(f"{URL}/nothing").status_code == 404
    assert nobody.get(where).status_code == 401
    assert mina.get(where).json()["state"] == "waiting"


def test_who_may_not_write_sends_nothing_to_the_disk(api, nobody):
    reader = api("mina@example.com", scopes=["memories:read"])
    assert send(reader, "text", 403).headers["Connection"] == "close"
    assert send(nobody, "text", 401).headers["Connection"] == "close"
    assert list(files.directory().iterdir()) == []


def test_no_file_and_one_too_large_are_refused(mina, monkeypatch):
    send(mina, b"", 400)
    answer = mina.post(URL, content=b"x", headers={"Content-Length": str(2**30 + 1)})
    assert answer.status_code == 413
    assert list(files.directory().iterdir()) == []
    assert not Import.objects.exists()


def test_a_full_disk_and_too_many_imports_are_refused(mina, monkeypatch):
    for _ in range(services.AT_ONCE):
        send(mina, "text")
    assert "have not ended" in send(mina, "text", 409).json()["detail"]
    mina.delete(f"{URL}/{Import.objects.first().pk}")

    def full(import_id, size):
        raise InsufficientStorage("There is no room.")

    monkeypatch.setattr(files, "coming", full)
    send(mina, "text", 507)


def test_imports_that_come_at_the_same_time_are_counted_once_they_are_whole(mina, monkeypatch):
    by, asked = principal(mina), services.ImportRequest("a.md")
    monkeypatch.setattr(files, "arrive", lambda path: None)
    places = [services.prepare(by=by, asked=asked) for _ in range(services.AT_ONCE + 1)]
    for place in places:
        place.path.write_text("text")
    *first, last = places
    for place in first:
        services.register(place, by=by, asked=asked)
    with pytest.raises(Conflict):
        services.register(last, by=by, asked=asked)
    assert not last.path.exists()


def test_the_same_key_starts_one_import(mina):
    key = {"Idempotency-Key": "import-1"}
    first, again = (mina.post(URL, content=b"text", headers=key) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert Import.objects.count() == 1
    assert mina.post(URL, content=b"longer text", headers=key).status_code == 422


def test_a_page_may_start_one_of_pieces(mina):
    asked = services.ImportRequest("a.md")
    job = services.start(by=principal(mina), chunks=[b"te", b"xt"], asked=asked)
    files.arrive(files.directory() / f"{job.pk}.coming")
    runner.carry_out(job.pk)
    assert services.progress(job.pk, by=principal(mina)).state == ImportState.DONE
