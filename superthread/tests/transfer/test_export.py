"""``export_memories``: files that import again."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.tests.transfer.moving import bring_in, lines_out, take_out
from testing.servers.hub import ROOT


def test_an_export_saved_through_the_api_gives_the_same_memories(mina, api, tmp_path):
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    mina = api("mina@example.com")
    mina.save("a\r\n b ", category="c", metadata={"한": [1.0, None, 2**53]})
    mina.save("team", scope="team", team_key="alpha")
    mina.save("later", expires_at="2999-01-01T00:00:00Z", scope="public")
    file = tmp_path / "out.jsonl"
    assert take_out(file, "--plain") == "3 exported"
    exported = [json.loads(line) for line in file.read_bytes().splitlines()]
    for memory in exported:
        again = mina.save(**memory)
        assert {name: again[name] for name in memory if name != "expires_at"} == {
            name: value for name, value in memory.items() if name != "expires_at"
        }


def test_an_export_is_everything_for_an_operator_and_what_one_may_read_for_a_user(
    mina, api, tmp_path
):
    jun = api("jun@example.com")
    mina.save("mina's own")
    mina.save("public", scope="public")
    jun.save("jun's own")
    gone = mina.save("in the trash")
    mina.delete(f"/superthread/memories/{gone['doc_id']}")
    everything = lines_out(tmp_path / "all.jsonl")
    juns = lines_out(tmp_path / "jun.jsonl", "--as", "jun@example.com")
    assert [m["content"] for m in everything] == ["mina's own", "public", "jun's own"]
    assert [m["content"] for m in juns] == ["public", "jun's own"]


def test_an_export_with_sources_into_the_same_hub_changes_nothing(mina, tmp_path):
    saved = [mina.save(f"memory {n}")["doc_id"] for n in range(3)]
    file = tmp_path / "out.jsonl"
    take_out(file, "--sources")
    assert bring_in(file, "--as", "mina@example.com").startswith("0 saved, 0 changed, 3 unchanged")
    file.write_text(file.read_text().replace("memory 1", "edited in the file"))
    assert bring_in(file, "--as", "mina@example.com").startswith("0 saved, 1 changed, 2 unchanged")
    assert mina.get(f"/superthread/memories/{saved[1]}").json()["content"] == "edited in the file"


def test_naming_somebody_elses_memory_as_source_does_not_open_it(mina, api, tmp_path):
    saved = mina.save("mina's own")
    file = tmp_path / "f.jsonl"
    file.write_text(json.dumps({"source": f"urn:uuid:{saved['doc_id']}", "content": "taken"}))
    api("jun@example.com")
    assert bring_in(file, "--as", "jun@example.com").startswith("1 saved")
    assert mina.get(f"/superthread/memories/{saved['doc_id']}").json() == saved


def test_the_file_is_replaced_whole_or_not_at_all(mina, tmp_path, monkeypatch):
    file = tmp_path / "out.jsonl"
    file.write_text("what was here before\n")
    for n in range(3):
        mina.save(f"memory {n}")
    whole = []

    def broken(line):
        if whole:
            raise OSError(28, "No space left on device")
        whole.append(line)
        return b"half\n"

    monkeypatch.setattr("superthread.transfer.exporting._packed", broken)
    with pytest.raises(CommandError, match="No space left"):
        take_out(file)
    assert file.read_text() == "what was here before\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_an_export_is_readable_by_its_owner_alone(mina, tmp_path):
    mina.save()
    take_out(tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600


def test_an_export_into_a_directory_that_is_not_there_is_an_error(mina, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        take_out(tmp_path / "none" / "out.jsonl")


@pytest.mark.drill
def test_the_commands_keep_stdout_for_the_result_and_exit_with_1_where_a_line_failed(
    tmp_path, nursery
):
    hub = nursery.hub(tmp_path)
    hub.manage("create_token", "mina@example.com")
    source = tmp_path / "in.jsonl"
    source.write_text('{"content": "good"}\n{"content": ""}\n')

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=hub.environment,
            capture_output=True,
            text=True,
        )

    done = manage("import_memories", str(source), "--as", "mina@example.com")
    assert done.returncode == 1
    assert done.stdout == "1 saved, 0 changed, 0 unchanged, 0 skipped, 1 failed\n"
    assert "in.jsonl:2: failed" in done.stderr
    assert "100%" in done.stderr  # the progress bar
    done = manage("export_memories", str(tmp_path / "out.jsonl"))
    assert (done.returncode, done.stdout) == (0, "1 exported\n")
    assert json.loads((tmp_path / "out.jsonl").read_text())["content"] == "good"
