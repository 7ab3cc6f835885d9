"""What was brought in comes again, from an export of later, of others or of the hub's own."""

import json

import pytest
from django.core.management import CommandError

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from superthread.tests.transfer.moving import bring_in, clear, take_out, url_of


def _line(number, text, **more):
    version = {"author": "mina@example.com", "created_at": "2026-01-01T00:00:00Z"}
    line = {"content": text, "source": "s", "version": {"number": number, **version}, **more}
    return json.dumps(line) + "\n"


LAST = {"revision": 1, "grants": {"mina@example.com": "admin", "sora@example.com": "admin"}}


def _imported(mina, tmp_path):
    """A memory with one version, and the file that it came from."""
    path = tmp_path / "one.jsonl"
    path.write_text(_line(1, "one", revision=1))
    bring_in(path, "--as", "mina@example.com")
    (memory,) = mina.get("/superthread/memories").json()["memories"]
    return path, memory


def test_who_gave_a_memory_away_brings_back_neither_history_nor_grants(mina, api, tmp_path):
    path, memory = _imported(mina, tmp_path)
    jun = api("jun@example.com")
    mina.post(f"{url_of(memory)}/transfer", json={"to": "jun@example.com"})
    jun.post(f"{url_of(memory)}/transfer", json={"accept": True})
    path.write_text(_line(1, "one") + _line(2, "two", **LAST))
    with pytest.raises(CommandError):  # its editor still
        bring_in(path, "--as", "mina@example.com")
    url = f"/superthread/permissions/{memory['doc_id']}"
    jun.post(url, json={"permissions": {"mina@example.com": None}})
    assert "1 skipped" in bring_in(path, "--as", "mina@example.com")
    assert mina.get(url_of(memory)).status_code == 404
    assert jun.get(url_of(memory)).json()["content"] == "one"
    assert jun.get(url).json()["permissions"] == {}


def test_a_history_whose_memory_is_in_the_trash_stays_there(mina, tmp_path):
    path, memory = _imported(mina, tmp_path)
    mina.delete(url_of(memory))
    path.write_text(_line(1, "one") + _line(2, "two", **LAST))
    assert "1 skipped, 0 failed" in bring_in(path, "--as", "mina@example.com")
    assert mina.get(url_of(memory)).status_code == 404


def test_a_later_export_changes_what_its_owner_left_in_a_team(mina, api, tmp_path):
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    services.place_member(key="alpha", email="jun@example.com", role="member", by=OPERATOR)
    memory = api("jun@example.com").save("first", scope="team", team_key="alpha")
    mina.delete("/accounts/teams/alpha/members/jun@example.com")
    path = tmp_path / "all.jsonl"
    take_out(path, "--sources")
    clear()
    assert "1 saved" in bring_in(path, "--owners")
    path.write_text(path.read_text().replace("first", "second"))
    assert "1 changed" in bring_in(path, "--owners")
    assert mina.get(url_of(memory)).json()["content"] == "second"
    Memory.objects.update(deleted_at="2026-01-01T00:00:00Z")
    path.write_text(path.read_text().replace("second", "third"))
    assert "1 skipped" in bring_in(path, "--owners")


def test_ids_that_no_path_could_find_are_not_taken(mina, tmp_path):
    """Other spellings of one id were two memories of one id, and the end of the import."""
    plain = "019ac2f0-0000-7000-8000-00000000000a"
    others = (plain.upper(), f"{{{plain}}}", "00000000-0000-4000-8000-000000000001")
    lines = [
        {"content": name, "owner": "mina@example.com", "source": f"urn:uuid:{name}"}
        for name in (plain, *others)
    ]
    path = tmp_path / "ids.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert "4 saved" in bring_in(path, "--owners")
    found = mina.get("/superthread/memories").json()["memories"]
    assert {one["content"] for one in found} == {plain, *others}
    assert all(mina.get(url_of(one)).status_code == 200 for one in found)
    assert mina.get(f"/superthread/memories/{plain}").json()["content"] == plain
    version = {"number": 1, "author": "mina@example.com", "created_at": "2026-01-01T00:00:00Z"}
    line = {"content": "x", "version": {**version, "version_id": others[-1]}}
    path.write_text(json.dumps(line))
    with pytest.raises(CommandError):
        bring_in(path, "--as", "mina@example.com")
