"""What one may read is taken along as files that import again; nothing of others is in them."""

import io
import json
import re
import zipfile
from uuid import UUID

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from memory_hub.journal.models import Access
from superthread.exports import runner
from superthread.models import Export
from superthread.services import sharing
from testing.clients.browsing import inside
from web.tests.saving import principal, saved

MINA, JUN = "mina@example.com", "jun@example.com"


@pytest.fixture
def mina(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    return inside(MINA)


def contents(person, number=1, **query):
    answer = person.get(f"/export/{number}", query)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return [json.loads(line)["content"] for line in answer.content.splitlines()]


def test_a_place_is_chosen_and_its_files_are_there(mina):
    saved(mina, "Personal")
    saved(mina, "Of the team", scope="team", team_key="alpha")
    saved(mina, "Public", scope="public")
    text = mina.text("/export?place=personal")
    assert 'href="/export/1?place=personal"' in text
    assert contents(mina, place="personal") == ["Personal"]
    assert contents(mina, place="team/alpha") == ["Of the team"]
    assert contents(mina, place="all") == ["Personal", "Of the team", "Public"]
    assert "There is nothing to take along." in inside(JUN).text("/export?place=personal")


def test_many_make_several_files(mina, monkeypatch):
    monkeypatch.setattr("superthread.transfer.parts.PART", 10)
    for number in range(4):
        saved(mina, f"Note {number}")
    assert "memories-4.jsonl" in mina.text("/export?place=personal")
    assert contents(mina, 4, place="personal") == ["Note 3"]
    for number in (0, 5):
        assert mina.get(f"/export/{number}?place=personal").status_code == 404


def test_what_is_hidden_or_only_offered_is_in_no_file(mina):
    jun = inside(JUN)
    saved(jun, "Of Jun")
    offered = saved(jun, "Offered")
    sharing.change_grants(doc_id=str(offered.doc_id), changes={MINA: "viewer"}, by=principal(jun))
    saved(mina, "Of Mina")
    assert contents(mina, place="all") == ["Of Mina"]
    assert mina.get("/export?place=team/beta").status_code == 400
    assert mina.get("/export?place=nowhere").status_code == 400


def test_versions_go_along_where_they_are_wanted(mina):
    memory = saved(mina, "First")
    mina.send("/memories/bulk", do="category", id=str(memory.doc_id), category="ideas")
    assert contents(mina, place="personal") == ["First"]
    assert contents(mina, place="personal", history="1") == ["First", "First"]


def test_memories_of_others_that_are_taken_along_count_as_read(mina, settings):
    settings.HUB_AUDIT_READS = "every"
    jun = inside(JUN)
    memory = saved(jun, "Of Jun", scope="public")
    saved(mina, "Of Mina", scope="public")
    assert contents(mina, place="public") == ["Of Jun", "Of Mina"]
    read = Access.objects.values_list("subject_id", "actor_id", "kind")
    assert list(read) == [(memory.pk, mina.user.pk, "read.whole")]


def asked_for(mina, form):
    """The path of the export of everything that a form begins."""
    answer = mina.send("/export", format=form)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def carried_out(path):
    runner.carry_out(UUID(path.rpartition("/")[2]))


def test_everything_becomes_one_file_that_is_followed_and_downloaded(mina, nobody):
    saved(mina, "# A plan", path="plans/a.md")
    path = asked_for(mina, "markdown")
    text = mina.text(path)
    assert "waits for its turn" in text
    assert 'hx-get="' in text
    assert "/file" not in text
    carried_out(path)
    part = mina.text(f"{path}?part=progress", headers={"HX-Request": "true"})
    assert part.startswith('<div id="progress">')
    assert "1 of 1 memories" in part
    assert path in mina.text("/export")
    file = re.search(r'href="(/superthread/exports/[0-9a-f-]{36}/file)" download', part)[1]
    cookies = "; ".join(f"{name}={one.value}" for name, one in mina.cookies.items())
    answer = nobody.get(file, headers={"Cookie": cookies})
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as tree:
        assert tree.namelist() == [f"personal/{MINA}/plans/a.md"]
    assert nobody.get(file).status_code == 401


def test_an_export_is_deleted_and_those_of_others_are_not_there(mina):
    path, jun = asked_for(mina, "archive"), inside(JUN)
    assert jun.get(path).status_code == 404
    assert jun.send(path, do="delete").status_code == 404
    assert path not in jun.text("/export")
    assert Export.objects.exists()
    assert mina.send(path, do="delete").headers["Location"] == "/export"
    assert mina.get(path).status_code == 404
    assert not Export.objects.exists()


def test_what_is_refused_is_said_on_the_page(mina):
    assert mina.send("/export", format="papyrus").status_code == 400
    for _ in range(2):
        asked_for(mina, "archive")
    answer = mina.send("/export", format="archive")
    assert answer.status_code == 409
    assert "delete one of them first" in answer.content.decode()
    assert Export.objects.count() == 2
