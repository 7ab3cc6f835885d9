"""Real texts of installed packages on their whole way: imported, listed, read, edited, restored."""

import shutil
import sysconfig
import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from superthread.transfer.folder import NotesFolder

# Enough for licences, metadata, READMEs and Markdown of many authors.
FILES = 60
SETS = Path(__file__).parents[1] / "search" / "sets"


@pytest.fixture
def texts(tmp_path):
    """A directory with real texts, spread over all that are installed."""
    installed = Path(sysconfig.get_path("purelib"))
    found = NotesFolder(installed, "").paths
    directory = tmp_path / "texts"
    for path in found[:: max(1, len(found) // FILES)][:FILES]:
        copy = directory / path.relative_to(installed)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return directory


def _import(*arguments):
    out = StringIO()
    call_command(
        "import_memories",
        *map(str, arguments),
        "--as",
        "mina@example.com",
        "--verbosity",
        "0",
        stdout=out,
    )
    return out.getvalue().strip()


def _mine(client):
    query = {"limit": "100"}
    return client.get("/superthread/memories", params=query).json()["memories"]


@pytest.mark.drill
def test_real_texts_are_imported_read_back_edited_and_restored(mina, texts):
    _import(texts)
    memories = _mine(mina)
    assert len(memories) > FILES / 2
    for memory in memories:
        raw = (texts / memory["metadata"]["path"]).read_bytes()
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
        url = f"/superthread/memories/{memory['doc_id']}"
        read = mina.get(url).json()
        assert read == memory
        assert read["content"] == text or text.startswith("---\n")
        edited = mina.patch(url, json={"content": "배포 " + text[:1000]}).json()
        assert edited["revision"] == 2
        versions = mina.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]
        first = versions[-1]["version_id"]
        restored = mina.post(f"/superthread/versions/{memory['doc_id']}/restore/{first}").json()
        assert (restored["content"], restored["revision"]) == (read["content"], 3)


def test_the_labelled_sets_of_the_search_are_imported_with_other_names(mina):
    total = 0
    for file in sorted(SETS.glob("*.memories.jsonl")):
        lines = file.read_text().splitlines()
        names = ("--rename", "content=text", "source=id", "category=group")
        assert _import(file, *names).startswith(f"{len(lines)} saved")
        assert _import(file, *names).startswith(f"0 saved, 0 changed, {len(lines)} unchanged")
        total += len(lines)
    assert mina.get("/superthread/stats").json()["total_documents"] == total
