"""Files that the command sends and fetches, which the hub works on in the background."""

import json
import zipfile
from types import SimpleNamespace

import pytest
from memory_hub_client.command import fetching, packing, progress, sending
from memory_hub_client.command.main import FORMATS
from memory_hub_client.command.packing import packed

from memory_hub.accounts.restrictions import Restriction
from superthread.exports import files as export_files
from superthread.exports import runner as exporting
from superthread.imports import files as import_files
from superthread.imports import runner as importing
from superthread.models import Export, Import
from superthread.tests.transfer.formats.samples import chats, dumped
from superthread.transfer.formats import archives
from superthread.transfer.formats.names import AUTO, NAMES

__all__ = ["new", "terminal"]

from clients.python.tests.test_command import new, terminal


@pytest.fixture(autouse=True)
def working(settings, tmp_path, monkeypatch):
    """The hub works on files whenever the command waits."""
    settings.DATA_DIR = tmp_path / "data"

    def work(seconds):
        for job in import_files.waiting():
            importing.carry_out(job)
        for job in export_files.asked():
            exporting.carry_out(job)

    clock = SimpleNamespace(sleep=work)
    monkeypatch.setattr(sending, "time", clock)
    monkeypatch.setattr(fetching, "time", clock)
    return clock


@pytest.fixture
def folder(tmp_path):
    """Somebody's notes."""
    folder = tmp_path / "notes"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/tea.md").write_text("---\ntags: [tea]\n---\nAnn likes tea.")
    (folder / "sub/picture.png").write_bytes(b"\x89PNG" * 1000)
    (folder / "sub/link.md").symlink_to(folder / "sub/tea.md")
    (folder / ".git").mkdir()
    (folder / ".git/config.md").write_text("secret")
    return folder


def test_what_another_program_exported_comes_in_and_is_told_of(terminal, hub, tmp_path):
    source = tmp_path / "conversations.json"
    source.write_text(dumped(chats()))
    assert terminal.done("import", str(source), "--dry-run") == (
        "This was a dry run: nothing was written.\n2 saved.\n"
    )
    assert hub.list_memories()["memories"] == []
    told = terminal.done("import", str(source), "--verbose").splitlines()
    assert told[0].startswith("saved  conversations.json:1")
    assert told[-1] == "2 saved."
    assert terminal.done("import", str(source)) == "2 unchanged.\n"
    assert len(hub.list_memories()["memories"]) == 2
    assert list(import_files.directory().iterdir()) == []


def test_options_are_the_hubs(terminal, hub, mina, tmp_path):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    source = tmp_path / "conversations.json"
    source.write_text(dumped(chats()))
    options = ("--exchanges", "--team", "alpha", "--category", "talks", "--format", "chatgpt")
    terminal.done("import", str(source), *options)
    found = hub.list_memories(scope="team", team_key="alpha", category="talks")["memories"]
    assert len(found) > 2
    assert "no team" in terminal.refused("import", str(source), "--team", "beta").lower()


def test_a_folder_comes_in_by_its_paths(terminal, hub, folder):
    (folder / "empty.md").write_text("")
    told = terminal.done("import", str(folder)).splitlines()
    assert told[0].startswith("skipped  empty.md")
    assert told[-1] == "1 saved, 1 skipped."
    memory = hub.get_personal_path("sub/tea.md")
    assert memory["content"].endswith("Ann likes tea.")
    assert memory["metadata"]["tags"] == ["tea"]
    assert len(hub.list_memories()["memories"]) == 1
    assert "There is no" in terminal.refused("import", str(folder / "none"))


def test_of_a_folder_what_is_no_text_goes_by_its_name_alone(folder):
    with packed(folder) as file, zipfile.ZipFile(file) as archive:
        told = {one.filename: one.file_size for one in archive.infolist()}
    assert told.pop("notes/sub/tea.md") > 0
    assert told == {"notes/sub/picture.png": 0, "notes/.git/settings": 0}


def test_a_vault_is_known_by_its_settings(terminal, hub, folder):
    (folder / ".obsidian").mkdir()
    (folder / "sub/tea.md").write_text("#tea ![[picture.png]]")
    out = terminal.done("import", str(folder))
    assert "picture.png  An attachment is left out." in out
    assert hub.get_personal_path("sub/tea.md")["metadata"]["tags"] == ["tea"]


def test_what_the_command_knows_of_files_is_what_the_hub_knows():
    assert set(FORMATS) == set(NAMES) - {AUTO}
    assert set(packing.READ) == {*archives.TEXTS, *archives._SUFFIXES}


def test_what_cannot_be_read_ends_with_1_and_says_why(terminal, tmp_path):
    source = tmp_path / "a.zip"
    source.write_bytes(b"PK and nothing")
    assert "no ZIP file" in terminal.refused("import", str(source))
    source = tmp_path / "conversations.json"
    source.write_text("[]")
    assert "nothing in it" in terminal.refused("import", str(source))


def test_a_restricted_token_sends_no_file_and_saves_what_is_there(terminal, api, folder):
    narrow = api("mina@example.com", restriction=Restriction(path_prefix="sub/"))
    terminal.environment["MEMORY_HUB_TOKEN"] = narrow.token
    refused = terminal.refused("import", str(folder), "--format", "notes")
    assert "without --format" in refused
    assert not Import.objects.exists()
    assert terminal.done("import", str(folder)) == "1 saved, 0 refused.\n"
    assert terminal.done("show", "sub/tea.md").endswith("Ann likes tea.\n")


def test_an_import_that_is_stopped_is_cancelled(terminal, working, tmp_path):
    source = tmp_path / "conversations.json"
    source.write_text(dumped(chats()))

    def stop(seconds):
        raise KeyboardInterrupt

    working.sleep = stop
    complaint = terminal.refused("import", str(source))
    assert complaint == "Cancelled; what had come stays: nothing.\n"
    assert Import.objects.get().state == "cancelled"
    assert list(import_files.directory().iterdir()) == []


def test_how_far_it_is_stands_on_one_line_of_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with progress.Progress() as shown:
        for done in (0, 1, 1, 2):
            shown.show("Sending", done, 2)
    lines = capsys.readouterr().err.split("\r\x1b[K")
    assert [line[-4:] for line in lines] == ["", "  0%", " 50%", "100%", ""]


def test_an_archive_is_fetched_and_not_kept_by_the_hub(terminal, tmp_path):
    terminal.done("save", "One.", "--path", "a/one.md")
    target = tmp_path / "mine.zip"
    assert terminal.done("export", str(target), "--format", "archive") == "1 exported.\n"
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("memories.jsonl"))["content"] == "One."
    assert not Export.objects.exists()
    assert [one.name for one in tmp_path.glob("*mine*")] == ["mine.zip"]


def test_markdown_becomes_a_folder_or_a_zip(terminal, tmp_path):
    terminal.done("save", "One.", "--path", "a/one.md")
    terminal.done("export", str(tmp_path / "tree"), "--format", "markdown")
    (note,) = (tmp_path / "tree").rglob("one.md")
    assert note.read_text().endswith("One.")
    assert "is there already" in terminal.refused(
        "export", str(tmp_path / "tree"), "--format", "markdown"
    )
    terminal.done("export", str(tmp_path / "tree.zip"), "--format", "markdown")
    assert zipfile.is_zipfile(tmp_path / "tree.zip")


def test_what_goes_with_no_archive_is_refused(terminal, tmp_path):
    assert "Name a file" in terminal.refused("export", "--format", "archive")
    whole = ("export", str(tmp_path / "a.zip"), "--format", "archive")
    assert "--scope" in terminal.refused(*whole, "--scope", "all")
    assert not Export.objects.exists()


def test_an_export_that_is_stopped_leaves_nothing(terminal, working, tmp_path):
    def stop(seconds):
        raise KeyboardInterrupt

    working.sleep = stop
    target = tmp_path / "mine.zip"
    assert "Cancelled" in terminal.refused("export", str(target), "--format", "archive")
    assert not Export.objects.exists()
    assert not target.exists()
