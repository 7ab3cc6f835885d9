"""Taking the text out of one version."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from memory_hub.idempotency.models import KeptAnswer
from memory_hub.journal import sealing, sequencer
from memory_hub.journal.models import Entry, Origin
from superthread.models import Memory, Version
from testing.clients.admin_site import Browser

MEMORIES = "/superthread/memories"
SECRET = "the key is hunter2hunter2"
GOOD = "the key is in the safe"


@pytest.fixture
def memory(mina):
    """Version 1 with a secret, version 2 without."""
    saved = mina.save(SECRET, metadata={"pin": "4711"}, path="keys/main.md")
    changed = {"content": GOOD, "metadata": {}}
    assert mina.patch(f"{MEMORIES}/{saved['doc_id']}", json=changed).is_success
    return saved


def versions(memory):
    return f"/superthread/versions/{memory['doc_id']}"


def redact(client, memory, version="1", **options):
    return client.post(f"{versions(memory)}/redact/{version}", **options)


def test_text_and_salt_go_number_and_place_stay_and_who_did_it_is_told(mina, memory):
    listed = mina.get(versions(memory)).json()["versions"]
    assert [one["redacted_at"] for one in listed] == [None, None]
    answer = redact(mina, memory, listed[1]["version_id"])
    assert answer.status_code == 200
    told = answer.json()
    assert told["redacted_at"]
    assert told["redacted_by"] == "mina@example.com"
    kept = ("version_id", "number", "author", "created_at", "path", "current")
    assert {name: told[name] for name in kept} == {name: listed[1][name] for name in kept}
    assert mina.get(versions(memory)).json()["versions"] == [listed[0], told]
    whole = mina.get(f"{versions(memory)}/{told['version_id']}").json()
    assert (whole["content"], whole["metadata"]) == ("[redacted]", {})
    stored = Version.objects.get(number=1)
    assert (stored.salt, stored.size) == (None, len("[redacted]"))
    assert mina.get(f"{MEMORIES}/{memory['doc_id']}").json()["content"] == GOOD


def test_the_number_names_a_version_as_well_as_its_id(mina, memory):
    first = redact(mina, memory, "1").json()
    assert redact(mina, memory, first["version_id"]).json() == first
    for unknown in ("3", "0", "-1", "01", "x", memory["doc_id"], "9" * 30):
        assert redact(mina, memory, unknown).status_code == 404


def test_the_present_version_is_to_be_saved_over_first(mina, memory):
    answer = redact(mina, memory, "2")
    assert (answer.status_code, answer.json()["code"]) == (409, "version-present")
    assert Version.objects.get(number=2).content == GOOD


def test_a_body_is_refused(mina, memory):
    assert redact(mina, memory, json={"why": "leaked"}).status_code == 400
    assert Version.objects.get(number=1).content == SECRET


def test_what_is_redacted_is_neither_compared_nor_restored(mina, memory):
    shown = redact(mina, memory).json()
    for answer in (
        mina.get(f"{versions(memory)}/diff?from=1"),
        mina.get(f"{versions(memory)}/diff?from=2&to=1"),
        mina.post(f"{versions(memory)}/restore/{shown['version_id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (410, "version-redacted")
    assert Memory.objects.get().version == 2


def test_kept_answers_of_the_version_are_outdated(mina, memory):
    first = mina.get(versions(memory)).json()["versions"][1]["version_id"]
    for _ in range(2):
        assert SECRET in mina.get(f"{versions(memory)}/{first}").text
    redact(mina, memory)
    assert SECRET not in mina.get(f"{versions(memory)}/{first}").text


def test_answers_kept_for_keys_forget_it_and_are_never_carried_out_again(mina):
    key, body = {"Idempotency-Key": "one"}, {"content": SECRET}
    saved = mina.post(MEMORIES, json=body, headers=key).json()
    mina.patch(f"{MEMORIES}/{saved['doc_id']}", json={"content": GOOD})
    redact(mina, saved, headers={"Idempotency-Key": "two"})
    assert not any(SECRET.encode() in bytes(kept.body) for kept in KeptAnswer.objects.all())
    again = mina.post(MEMORIES, json=body, headers=key)
    assert (again.status_code, again.json()["code"]) == (410, "idempotency-answer-purged")
    assert Memory.objects.count() == 1
    repeated = redact(mina, saved, headers={"Idempotency-Key": "two"})
    assert repeated.headers["Idempotent-Replayed"] == "true"


def test_what_lies_in_the_trash_can_be_redacted(mina, memory):
    mina.delete(f"{MEMORIES}/{memory['doc_id']}")
    assert redact(mina, memory).status_code == 200


def test_the_journal_tells_of_it_and_still_verifies(young, mina, memory):
    for write in (lambda: None, lambda: redact(mina, memory)):
        write()
        assert sequencer.sequence()
        while sealing.seal():
            pass
    entry = Entry.objects.get(kind="memory.redacted")
    assert (entry.actor_id, entry.version) == (mina.user.pk, 2)
    assert Origin.objects.get(pk=entry.position).detail == {"number": 1}
    out = StringIO()
    call_command("verify_journal", stdout=out)
    shown = mina.get(f"/superthread/audit?doc_id={memory['doc_id']}").json()
    assert shown["entries"][0]["detail"] == {"number": 1}


def test_an_export_says_so_and_imports_again(mina, memory, tmp_path, run):
    redact(mina, memory)
    file = tmp_path / "out.jsonl"
    call_command("export_memories", str(file), "--with", "history", stdout=StringIO())
    assert SECRET not in file.read_text()
    assert '"redacted_at"' in file.read_text()
    assert mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true").status_code == 204
    _, _, failed = run(file)
    assert not failed
    assert [one.redacted_at is None for one in Version.objects.order_by("number")] == [False, True]


def test_staff_redact_in_the_admin_and_it_is_shown_there(mina, memory):
    root = Browser()
    version = Version.objects.get(number=1)
    page = f"/admin/superthread/version/{version.pk}/"
    assert "for good" in root.text(f"{page}redact/")
    root.send(f"{page}redact/")
    version.refresh_from_db()
    assert version.content == "[redacted]"
    assert "root@example.com" in root.text(f"{page}change/")


def test_the_command_redacts_and_says_what_it_cannot(memory):
    out = StringIO()
    call_command("redact_version", memory["doc_id"], "1", "--yes", stdout=out)
    assert "Redacted version 1" in out.getvalue()
    version = Version.objects.get(number=1)
    assert (version.content, version.redacted_by_id) == ("[redacted]", None)
    with pytest.raises(CommandError, match="no version 7"):
        call_command("redact_version", memory["doc_id"], "7", "--yes")
    with pytest.raises(CommandError, match="Save the memory without it"):
        call_command("redact_version", memory["doc_id"], "2", "--yes")


def test_an_editor_sees_that_a_version_was_redacted(mina, api, memory):
    jun = api("jun@example.com")
    mina.post(
        f"/superthread/permissions/{memory['doc_id']}",
        json={"permissions": {"jun@example.com": "editor"}},
    )
    jun.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})
    assert redact(jun, memory).status_code == 403
    redact(mina, memory)
    shown = jun.get(versions(memory)).json()["versions"][1]
    assert shown["redacted_by"] == "mina@example.com"
