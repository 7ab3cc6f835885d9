"""Files brought in on a page: taken, followed, told of thing by thing, cancelled and forgotten."""

import io
import json
import re
import zipfile
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.imports import files, runner
from superthread.models import Import, Memory, Scope
from testing.clients.browsing import Person, inside

MINA, JUN = "mina@example.com", "jun@example.com"
JOB = re.compile(r"^/import/([0-9a-f-]{36})$")
SURE = {"sure": "yes"}


@pytest.fixture
def mina(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    return inside(MINA)


def note(number=0, text="A note"):
    return SimpleUploadedFile(f"note-{number}.md", text.encode())


def packed(*texts):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"notes/{number}.md", text)
    return SimpleUploadedFile("notes.zip", whole.getvalue())


def send(mina, *sent, **fields):
    """The path of the import that a form begins."""
    answer = mina.send("/import", file=list(sent), place="personal", **fields)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def carried_out(path):
    runner.carry_out(UUID(JOB.match(path)[1]))


def test_a_file_is_taken_and_its_import_is_told_of(mina):
    path = send(mina, packed("# One", "# Two", "   "))
    text = mina.text(path)
    assert "waits for its turn" in text
    assert 'hx-get="' in text
    carried_out(path)
    text = mina.text(path)
    assert "saved: 2" in text
    assert "hx-get" not in text
    assert text.count("notes.zip") > 0
    assert sorted(Memory.objects.values_list("title", flat=True)) == ["One", "Two"]
    assert "notes.zip" in mina.text("/import")


def test_the_script_asks_for_the_progress_alone(mina):
    path = send(mina, packed("# One"))
    part = mina.text(f"{path}?part=progress", headers={"HX-Request": "true"})
    assert part.startswith('<div id="progress" hx-get=')
    carried_out(path)
    part = mina.text(f"{path}?part=progress", headers={"HX-Request": "true"})
    assert "hx-get" not in part
    assert "saved: 1" in part


def test_several_files_are_one_import_also_those_of_one_name(mina):
    path = send(mina, note(1, "# One"), note(1, "# Two"))
    carried_out(path)
    assert Memory.objects.count() == 2


def test_a_trial_writes_nothing(mina):
    path = send(mina, packed("# One", "# Two"), dry_run="1")
    carried_out(path)
    text = mina.text(path)
    assert "saved: 2" in text
    assert "This is a trial" in text
    assert not Memory.objects.exists()


def test_it_comes_into_the_place_that_was_chosen(mina):
    answer = mina.send("/import", file=packed("# One"), place="team/alpha")
    carried_out(answer.headers["Location"])
    assert Memory.objects.get().scope == Scope.TEAM


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"file": note(), "place": "team/beta"}, 400),
        ({"file": note(), "format": "papyrus"}, 400),
        ({"file": note(), "place": "nowhere"}, 400),
    ],
)
def test_what_cannot_be_taken_is_said_on_the_page_and_leaves_nothing(mina, fields, status):
    answer = mina.send("/import", **fields)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert not Import.objects.exists()
    assert list(files.directory().iterdir()) == []


def test_a_file_of_nothing_known_says_why_it_failed(mina):
    path = send(mina, SimpleUploadedFile("broken.zip", b"PK\x03\x04 and nothing more"))
    carried_out(path)
    text = mina.text(path)
    assert "failed" in text
    assert "note bad" in text


def test_an_import_is_cancelled_after_asking_and_then_forgotten(mina):
    path = send(mina, packed("# One"))
    assert "Cancel it?" in mina.send(path, do="cancel").content.decode()
    assert mina.send(path, do="cancel", **SURE).headers["Location"] == path
    carried_out(path)
    assert not Memory.objects.exists()
    assert "cancelled" in mina.text(path)
    assert mina.send(path, do="cancel").headers["Location"] == "/import"
    assert not Import.objects.exists()


def test_the_script_has_words_for_what_the_api_refuses_in_the_language_of_the_page(mina):
    page = mina.text("/import", HTTP_ACCEPT_LANGUAGE="ko")
    told = json.loads(re.search(r'<script id="refusals"[^>]*>(.*?)</script>', page)[1])
    assert {told[str(status)] for status in (409, 413, 429, 507)} == {
        "지금은 할 수 없습니다",
        "너무 큽니다",
        "요청이 너무 많습니다",
        "허브의 디스크가 가득 찼습니다",
    }


def test_imports_of_others_are_not_there(mina):
    path, jun = send(mina, packed("# One")), inside(JUN)
    assert jun.get(path).status_code == 404
    assert jun.send(path, do="cancel", **SURE).status_code == 404
    assert "notes.zip" not in jun.text("/import")
    assert Person().get(path).status_code == 302
    assert Import.objects.get().state == "waiting"


def test_a_form_of_another_page_brings_nothing(mina):
    answer = mina.post("/import", {"file": packed("# One"), "place": "personal"})
    assert answer.status_code == 403
    assert not Import.objects.exists()
