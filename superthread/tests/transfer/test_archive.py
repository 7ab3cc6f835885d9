"""All of a hub in one file, brought back by another hub with the same answers for everybody."""

import json
import zipfile

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, User
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, Source, Transfer
from superthread.tests.transfer.formats.samples import zipped
from superthread.tests.transfer.moving import bring_in, take_out


@pytest.fixture
def people(api):
    """Five people with memories of every kind: shared, moved to the trash, offered, in teams."""
    for email, role in (("mina", "admin"), ("jun", "member")):
        services.place_member(
            key="alpha", email=f"{email}@example.com", role=role, default_role="editor", by=OPERATOR
        )
    names = ("mina", "jun", "sora", "ann", "bo")
    people = {name: api(f"{name}@example.com") for name in names}
    mina, jun, sora = (people[name] for name in names[:3])
    invited = {"role": "member"}
    mina.put("/accounts/teams/alpha/members/sora@example.com", json=invited)
    mina.patch("/accounts/teams/alpha", json={"name": "The first"})
    plan = mina.save("plan 계획", scope="team", team_key="alpha", path="plans/one.md")
    jun.patch(_url(plan), json={"content": "plan, second", "metadata": {"n": [1.0, None]}})
    mina.post(f"/superthread/versions/{plan['doc_id']}", params={"description": "release"})
    own = mina.save("her own, see [[one]]")
    grants = {"sora@example.com": "editor", "bo@example.com": "viewer"}
    mina.post(f"/superthread/permissions/{own['doc_id']}", json={"permissions": grants})
    sora.post(f"/superthread/shares/{own['doc_id']}", json={"accept": True})
    jun.save("for all", scope="public", path="about.md")
    for text in ("thrown away", "and again"):
        gone = mina.save(text, path="notes/gone.md")
        mina.patch(_url(gone), json={"content": f"{text}, second"})
        mina.delete(_url(gone))
    mina.save("in its place", path="notes/gone.md")
    offered = mina.save("for Jun")
    mina.post(f"{_url(offered)}/transfer", json={"to": "jun@example.com"})
    return people


def _url(memory):
    return f"/superthread/memories/{memory['doc_id']}"


def _answers(people):
    """What each of them is told, byte for byte."""
    told = {}
    for name, client in people.items():
        asked = [
            "/superthread/memories?scope=all&limit=100",
            "/superthread/trash",
            "/superthread/shares",
            "/superthread/transfers",
            "/superthread/facets",
            "/accounts/teams",
            "/accounts/teams/alpha",
        ]
        for doc_id in map(str, Memory.objects.order_by("doc_id").values_list("doc_id", flat=True)):
            asked += [f"/superthread/memories/{doc_id}", f"/superthread/permissions/{doc_id}"]
            asked += [f"/superthread/versions/{doc_id}", f"/superthread/memories/{doc_id}/links"]
        for path in asked:
            answer = client.get(path)
            body = answer.json()
            body.pop("request_id", None)
            told[name, path] = (answer.status_code, json.dumps(body), answer.headers.get("etag"))
    return told


def _export(path):
    take_out(path, "--all")
    return path


def _clear():
    """As in a new hub, but for the accounts whose tokens the clients have."""
    for model in (Transfer, Source, Memory, Membership, Team):
        model.objects.all().delete()


def test_an_archive_comes_back_with_the_same_answers_for_everybody(people, tmp_path):
    before = _answers(people)
    archive = _export(tmp_path / "hub.zip")
    _clear()
    assert bring_in(archive, "--owners").endswith("0 skipped, 0 failed")
    after = _answers(people)
    assert {key: told for key, told in after.items() if told != before[key]} == {}
    assert after.keys() == before.keys()
    assert mail.outbox == []


@pytest.mark.drill
def test_bringing_it_back_twice_changes_nothing(people, tmp_path):
    archive = _export(tmp_path / "hub.zip")
    _clear()
    bring_in(archive, "--owners")
    before = _answers(people)
    assert bring_in(archive, "--owners").startswith("0 saved, 0 changed")
    assert _answers(people) == before


def test_whoever_is_missing_becomes_an_account_without_a_password(db, tmp_path, people):
    archive = _export(tmp_path / "hub.zip")
    _clear()
    User.objects.filter(email="ann@example.com").delete()
    bring_in(archive, "--owners")
    assert not User.objects.get(email="ann@example.com").has_usable_password()


def test_the_manifest_tells_what_is_in_it(people, tmp_path):
    with zipfile.ZipFile(_export(tmp_path / "hub.zip")) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        lines = archive.read("memories.jsonl").splitlines()
    assert (manifest["kind"], manifest["version"]) == ("memory-hub-archive", 1)
    assert manifest["files"]["memories.jsonl"]["lines"] == len(lines)
    assert manifest["files"]["proposals.jsonl"]["lines"] == 1
    # Two memories of two versions each.
    assert sum("deleted_at" in json.loads(line) for line in lines) == 4


def test_one_that_was_altered_is_refused_before_anything_comes(people, tmp_path):
    with zipfile.ZipFile(_export(tmp_path / "hub.zip")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    _clear()
    files["memories.jsonl"] = files["memories.jsonl"].replace(b"her own", b"his own")
    with pytest.raises(CommandError, match="checksum"):
        bring_in(zipped(tmp_path / "altered.zip", files), "--owners")
    assert not Memory.objects.exists()
    assert not Team.objects.exists()


def test_one_person_takes_in_no_accounts_teams_or_trash(people, tmp_path):
    archive = _export(tmp_path / "hub.zip")
    _clear()
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    said = bring_in(archive, "--as", "mina@example.com", "--format", "archive", "--allow-public")
    # Two memories of two versions were in the trash.
    assert "4 skipped, 0 failed" in said
    assert Membership.objects.count() == 1
    assert not Memory.objects.filter(deleted_at__isnull=False).exists()
    assert set(Memory.objects.values_list("owner__email", flat=True)) == {"mina@example.com"}


@pytest.mark.parametrize("option", [["--plain"], ["--with", "grants"], ["--as", "a@example.com"]])
def test_all_goes_with_no_other_option(db, tmp_path, option):
    with pytest.raises(CommandError, match="no other option"):
        call_command("export_memories", str(tmp_path / "hub.zip"), "--all", *option)
    assert list(tmp_path.iterdir()) == []
