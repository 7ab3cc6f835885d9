"""What somebody may read becomes a file of theirs, in the background, for their credentials."""

import json
import stat
from hashlib import sha256

import pytest
from django.utils import timezone

from memory_hub.accounts import services as accounts
from memory_hub.accounts.models import Token, User
from memory_hub.accounts.restrictions import Restriction
from memory_hub.core.identity import OPERATOR
from memory_hub.journal.models import Access
from superthread.exports import files, runner, upkeep
from superthread.imports import runner as imports_runner
from superthread.models import Export, ExportState
from superthread.services import sharing
from superthread.tests.exports.asking import URL, asked, id_of, lines_of, made, opened
from superthread.tests.imports.sending import principal


def test_an_archive_has_what_one_may_read_and_its_manifest_holds(mina, jun):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    one = mina.save("First")
    mina.patch(f"/superthread/memories/{one['doc_id']}", json={"content": "Second"})
    mina.save("Of the team", scope="team", team_key="alpha")
    gone = mina.save("In the trash")
    mina.delete(f"/superthread/memories/{gone['doc_id']}")
    jun.save("Jun's own")
    jun.save("Jun's public", scope="public")
    offered = jun.save("Only offered")
    sharing.change_grants(
        doc_id=offered["doc_id"], changes={"mina@example.com": "viewer"}, by=principal(jun)
    )
    where = made(mina)
    job = mina.get(where).json()
    assert (job["state"], job["total"], job["done"]) == ("done", 4, 4)
    assert mina.get(URL).json() == {"exports": [job]}
    archive = opened(mina, where)
    lines = lines_of(archive)
    said = [line["content"] for line in lines]
    assert said == ["First", "Second", "Of the team", "In the trash", "Jun's public"]
    assert "version" not in lines[-1]
    assert "deleted_at" in lines[3]
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["kind"], manifest["of"]) == ("memory-hub-archive", "mina@example.com")
    for name, told in manifest["files"].items():
        assert told["sha256"] == sha256(archive.read(name)).hexdigest()
    assert lines_of(archive, "accounts.jsonl") == [{"email": "mina@example.com"}]
    assert [team["team_key"] for team in lines_of(archive, "teams.jsonl")] == ["alpha"]


def test_an_archive_is_brought_in_again(mina, jun):
    mina.save("One")
    mina.save("Two", path="plans/two.md")
    whole = mina.get(f"{made(mina)}/file").content
    sent = jun.post("/superthread/imports", content=whole).headers["Location"]
    imports_runner.carry_out(id_of(sent))
    job = jun.get(sent).json()
    assert (job["state"], job["format"], job["counts"]) == ("done", "archive", {"saved": 2})
    listed = jun.get("/superthread/memories", params={"scope": "all"}).json()["memories"]
    assert {one["content"]: one.get("path") for one in listed} == {
        "One": None,
        "Two": "plans/two.md",
    }


def test_markdown_is_a_tree_of_files(mina):
    mina.save("# A plan", path="plans/a.md", metadata={"tags": ["x"]})
    mina.save("# A plan of all", scope="public", path="plans/b.md")
    archive = opened(mina, made(mina, "markdown"))
    assert sorted(archive.namelist()) == [
        "personal/mina@example.com/plans/a.md",
        "public/mina@example.com/plans/b.md",
    ]
    text = archive.read("personal/mina@example.com/plans/a.md").decode()
    assert text.startswith("---\n")
    assert text.endswith("---\n# A plan")


def test_of_two_of_one_name_none_is_lost(mina, api):
    for email in ("jo/e@example.com", "jo-e@example.com"):
        one = api(email).save("Of Jo", path="plans/a.md")["doc_id"]
        by = principal(api(email))
        sharing.change_grants(doc_id=one, changes={"mina@example.com": "viewer"}, by=by)
        assert mina.post(f"/superthread/shares/{one}", json={"accept": True}).status_code == 204
    names = opened(mina, made(mina, "markdown")).namelist()
    assert names[0] == "personal/jo-e@example.com/plans/a.md"
    assert names[1] == f"personal/jo-e@example.com/plans/a ({one[-12:]}).md"


def test_the_file_is_saved_by_browsers_and_kept_by_no_cache(mina):
    where = made(mina)
    answer = mina.get(f"{where}/file")
    name = f"memories-archive-{timezone.now():%Y-%m-%d}.zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert len(answer.content) == mina.get(where).json()["size"]
    head = mina.head(f"{where}/file")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]


def test_the_file_comes_in_blocks(mina, monkeypatch):
    monkeypatch.setattr("memory_hub.http.file_answers.BLOCK", 10)
    where = made(mina)
    assert opened(mina, where).testzip() is None
    assert mina.get(f"{where}/file").content == mina.get(f"{where}/file").content


def test_of_downloads_a_person_has_only_so_many_at_once(mina, monkeypatch):
    where = made(mina)
    monkeypatch.setattr("memory_hub.http.open_streams.MOST_OF_A_USER", 0)
    assert mina.get(f"{where}/file").status_code == 429


def test_the_file_is_for_the_hub_alone_to_read(mina):
    where = made(mina)
    assert stat.S_IMODE(files.of(id_of(where)).stat().st_mode) == 0o600
    assert stat.S_IMODE(files.directory().stat().st_mode) == 0o700
    assert {one.suffix for one in files.directory().iterdir()} == {".zip", ".judged"}


def test_others_are_not_told_that_there_is_one(mina, jun, nobody):
    where = made(mina)
    assert jun.get(URL).json() == {"exports": []}
    for path in (where, f"{where}/file"):
        assert jun.get(path).status_code == 404
        assert nobody.get(path).status_code == 401
    assert jun.delete(where).status_code == 404
    assert jun.get(f"{URL}/nothing/file").status_code == 404
    assert mina.get(f"{where}/file").status_code == 200


def test_a_restricted_token_is_refused_and_one_for_reading_is_enough(mina, api):
    where = made(mina)
    narrow = api("mina@example.com", restriction=Restriction(category="notes"))
    for method, path in (("POST", URL), ("GET", URL), ("GET", f"{where}/file"), ("DELETE", where)):
        refused = narrow.request(method, path, content=b"{}")
        assert (refused.status_code, refused.json()["code"]) == (403, "token-restricted")
    reader = api("mina@example.com", scopes=["memories:read"])
    assert reader.get(f"{where}/file").status_code == 200
    assert reader.post(URL).json()["format"] == "archive"
    writer = api("mina@example.com", scopes=["memories:write"])
    assert writer.get(f"{where}/file").json()["code"] == "missing-scope"
    assert writer.post(URL, json={}).json()["code"] == "missing-scope"


def test_a_revoked_token_and_a_closed_account_fetch_nothing(mina, api):
    where = made(mina)
    other = api("mina@example.com")
    Token.objects.filter(prefix=other.token[:9]).delete()
    assert other.get(f"{where}/file").status_code == 401
    User.objects.filter(pk=mina.user.pk).update(is_active=False)
    assert mina.get(f"{where}/file").status_code == 401
    assert upkeep.remove_lost() == 1
    assert list(files.directory().iterdir()) == []


def test_with_the_account_its_files_go(mina, jun):
    where = made(mina)
    theirs = made(jun)
    assert upkeep.remove_lost() == 0
    User.objects.filter(pk=mina.user.pk).delete()
    assert upkeep.remove_lost() == 1
    assert not files.of(id_of(where)).exists()
    assert jun.get(f"{theirs}/file").status_code == 200


@pytest.mark.parametrize("form", ["archive", "markdown"])
def test_memories_of_others_count_as_read_by_the_token_that_asked(mina, jun, settings, form):
    settings.HUB_AUDIT_READS = "every"
    jun.save("Jun's public", scope="public")
    mina.save("Mina's own")
    made(mina, form)
    token = Token.objects.get(prefix=mina.token[:9])
    read = Access.objects.values_list("actor_id", "token_id", "kind", "count")
    assert list(read) == [(mina.user.pk, token.pk, "read.whole", 1)]


def test_it_has_what_may_be_read_when_it_is_made(mina, jun):
    accounts.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    accounts.place_member(key="alpha", email="jun@example.com", role="admin", by=OPERATOR)
    jun.save("Of the team", scope="team", team_key="alpha")
    where = asked(mina)
    assert jun.delete("/accounts/teams/alpha/members/mina@example.com").status_code == 204
    runner.carry_out(id_of(where))
    archive = opened(mina, where)
    assert (lines_of(archive), lines_of(archive, "teams.jsonl")) == ([], [])


def test_the_same_key_starts_one_export(mina):
    key = {"Idempotency-Key": "export-1"}
    first, again = (mina.post(URL, json={}, headers=key) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert Export.objects.get().state == ExportState.WAITING
