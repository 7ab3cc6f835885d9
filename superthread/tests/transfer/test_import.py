"""``import_memories``: files become memories once, whatever is wrong with their neighbours."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread import limits
from superthread.transfer import jsonl


def _lines(path, *memories):
    path.write_text("".join(json.dumps(memory) + "\n" for memory in memories))
    return path


def _mine(client, **query):
    query = {"scope": "all", "limit": "100", **query}
    return client.get("/superthread/memories", params=query).json()["memories"]


def test_lines_of_the_create_shape_become_memories_of_the_named_owner(run, mina, tmp_path):
    file = _lines(
        tmp_path / "some.jsonl",
        {"content": "first\r\n  kept  ", "category": "decisions", "metadata": {"n": 1}},
        {"content": "결제 서비스", "scope": "public", "expires_at": "2999-01-01T00:00:00Z"},
    )
    counts, _, failed = run(file, "--allow-public")
    assert (counts["saved"], failed) == (2, False)
    # Saved at one moment: the nearest scope first.
    first, second = _mine(mina)
    assert (first["content"], first["category"], first["metadata"]) == (
        "first\r\n  kept  ",
        "decisions",
        {"n": 1},
    )
    assert (second["scope"], second["owner"]) == ("public", "mina@example.com")
    assert second["expires_at"] == "2999-01-01T00:00:00.000000Z"


def test_bad_lines_are_named_and_the_others_are_imported(run, mina, tmp_path):
    bad = [
        b"{not json",
        b'{"content": "a", "content": "b"}',
        b'{"content": "\\ud800"}',
        b'{"content": " \\u200b "}',
        b'{"content": 12}',
        b'{"text": "a"}',
        b'["content"]',
        b'{"content": "a", "scope": "team", "team_key": "unknown"}',
        b'{"content": "a", "expires_at": "2001-01-01T00:00:00Z"}',
        b'{"content": "a", "metadata": {"n": NaN}}',
        b'{"content": "\xff"}',
        b'{"content": "a", "source": 7}',
    ]
    file = tmp_path / "bad.jsonl"
    good = [b'\xef\xbb\xbf{"content": "good 1"}', b"", b'{"content": "good 2"}']
    file.write_bytes(b"\n".join([good[0], *bad, *good[1:]]))
    counts, err, failed = run(file)
    assert (counts["saved"], counts["failed"], failed) == (2, len(bad), True)
    assert [f"bad.jsonl:{number}: failed" in err for number in range(2, len(bad) + 2)] == [
        True
    ] * len(bad)
    assert {memory["content"] for memory in _mine(mina)} == {"good 1", "good 2"}


def test_a_line_without_end_is_left_out_and_the_next_one_imported(run, mina, tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "LINE_BYTES", 200)
    file = _lines(tmp_path / "long.jsonl", {"content": "x" * 500}, {"content": "short"})
    counts, err, _ = run(file)
    assert (counts["saved"], counts["failed"]) == (1, 1)
    assert "long.jsonl:1" in err


def test_a_content_over_the_limit_is_refused_and_one_at_the_limit_is_not(run, mina, tmp_path):
    text = "x" * limits.CONTENT_BYTES
    counts, err, _ = run(_lines(tmp_path / "f.jsonl", {"content": text}, {"content": text + "y"}))
    assert (counts["saved"], counts["failed"]) == (1, 1)
    assert "f.jsonl:2" in err
    assert "xxx" not in err


def test_importing_twice_gives_nothing_new(run, mina, tmp_path):
    # More than a batch, with lines that are alike: as many memories as lines.
    memories = [{"content": f"memory {n % 350}"} for n in range(400)]
    file = _lines(tmp_path / "f.jsonl", *memories)
    assert run(file)[0]["saved"] == 400
    counts, _, _ = run(file)
    assert (counts["saved"], counts["unchanged"]) == (0, 400)
    stats = mina.get("/superthread/stats").json()
    assert stats["total_documents"] == 400


def test_a_line_added_at_the_top_is_the_only_new_one(run, mina, tmp_path):
    file = tmp_path / "f.jsonl"
    run(_lines(file, {"content": "one"}, {"content": "two"}))
    counts, _, _ = run(_lines(file, {"content": "zero"}, {"content": "one"}, {"content": "two"}))
    assert (counts["saved"], counts["unchanged"]) == (1, 2)


def test_a_line_with_a_source_that_changed_is_a_new_version(run, mina, tmp_path):
    file = tmp_path / "f.jsonl"
    run(_lines(file, {"source": "wiki/1", "content": "old"}))
    counts, _, _ = run(_lines(file, {"source": "wiki/1", "content": "new", "category": "c"}))
    assert counts["changed"] == 1
    (memory,) = _mine(mina)
    assert (memory["content"], memory["category"], memory["revision"]) == ("new", "c", 2)
    versions = mina.get(f"/superthread/versions/{memory['doc_id']}").json()["versions"]
    assert [version["number"] for version in versions] == [2, 1]


def test_one_source_twice_in_a_file_is_two_versions_of_one_memory(run, mina, tmp_path):
    counts, _, _ = run(
        _lines(tmp_path / "f.jsonl", *({"source": "s", "content": text} for text in "ab"))
    )
    assert (counts["saved"], counts["changed"]) == (1, 1)
    assert [memory["content"] for memory in _mine(mina)] == ["b"]


def test_what_was_edited_in_the_hub_is_not_reverted(run, mina, tmp_path):
    file = _lines(tmp_path / "f.jsonl", {"source": "s", "content": "from the file"})
    run(file)
    (memory,) = _mine(mina)
    mina.patch(f"/superthread/memories/{memory['doc_id']}", json={"content": "edited"})
    assert run(file)[0]["unchanged"] == 1
    assert _mine(mina)[0]["content"] == "edited"


def test_what_is_in_the_trash_stays_there(run, mina, tmp_path):
    file = tmp_path / "f.jsonl"
    run(_lines(file, {"source": "s", "content": "old"}))
    mina.delete(f"/superthread/memories/{_mine(mina)[0]['doc_id']}")
    counts, err, failed = run(_lines(file, {"source": "s", "content": "new"}))
    assert (counts["skipped"], failed, "trash" in err) == (1, False, True)
    assert _mine(mina) == []


def test_what_was_purged_comes_again(run, mina, tmp_path):
    file = _lines(tmp_path / "f.jsonl", {"source": "s", "content": "text"})
    run(file)
    url = f"/superthread/memories/{_mine(mina)[0]['doc_id']}"
    mina.delete(url, params={"permanent": "true"})
    assert run(file)[0]["saved"] == 1


def test_two_owners_import_one_source_as_two_memories(run, mina, api, tmp_path):
    jun = api("jun@example.com")
    file = _lines(tmp_path / "f.jsonl", {"source": "s", "content": "text"})
    assert run(file)[0]["saved"] == 1
    assert run(file, who="jun@example.com")[0]["saved"] == 1
    assert [len(_mine(client)) for client in (mina, jun)] == [1, 1]


def test_members_may_have_other_names(run, mina, tmp_path):
    file = _lines(tmp_path / "f.jsonl", {"id": "p/1", "text": "결제 배포", "group": "probe"})
    options = ("--rename", "content=text", "source=id", "category=group")
    assert run(file, *options)[0]["saved"] == 1
    assert run(file, *options)[0]["unchanged"] == 1
    (memory,) = _mine(mina)
    assert (memory["content"], memory["category"]) == ("결제 배포", "probe")


def test_options_place_what_names_no_place_itself(run, mina, tmp_path):
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    file = _lines(
        tmp_path / "f.jsonl", {"content": "here"}, {"content": "mine", "scope": "personal"}
    )
    counts, _, _ = run(file, "--team", "alpha", "--category", "notes")
    assert counts["saved"] == 2
    placed = {memory["content"]: memory for memory in _mine(mina)}
    assert (placed["here"]["team_key"], placed["mine"]["team_key"]) == ("alpha", None)
    assert {memory["category"] for memory in placed.values()} == {"notes"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--as", "nobody@example.com"], "no active account"),
        (["--team", "alpha", "--scope", "public"], "--team"),
        (["--rename", "body=text"], "--rename"),
    ],
)
def test_options_that_make_no_sense_are_refused(mina, tmp_path, options, told):
    file = _lines(tmp_path / "f.jsonl", {"content": "a"})
    options = ["--as", "mina@example.com", *options]
    with pytest.raises(CommandError, match=told):
        call_command("import_memories", str(file), *options, "--verbosity", "0")
    assert _mine(mina) == []


def test_a_file_that_is_not_there_is_an_error(mina, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_memories", str(tmp_path / "none"), "--as", "mina@example.com")


def test_without_an_owner_the_administrator_is_one(api, tmp_path):
    file = _lines(tmp_path / "f.jsonl", {"content": "a"})
    with pytest.raises(CommandError, match="--as"):
        call_command("import_memories", str(file), "--verbosity", "0")
    admin = api("admin@example.com", is_superuser=True)
    call_command("import_memories", str(file), "--verbosity", "0", stdout=StringIO())
    assert len(_mine(admin)) == 1
