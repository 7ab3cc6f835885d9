"""Exports of other memory servers and programs for notes."""

import json

import pytest

from superthread.tests.transfer.formats.samples import (
    BASIC,
    GRAPH,
    MEM0,
    VAULT,
    dumped,
    notion_files,
    written,
    zipped,
)
from superthread.tests.transfer.formats.test_assistants import memories
from superthread.transfer.formats import basic_memory


def _lines(path, rows):
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def test_rows_of_mem0_come_with_whose_they_were_as_metadata(run, mina, tmp_path):
    file = tmp_path / "export.json"
    file.write_text(dumped({"count": 2, "results": MEM0}))
    counts, err, failed = run(file)
    assert (counts["saved"], failed) == (2, False), err
    tea = memories(mina)["mem0/민아는 우롱차를 좋아한다.md"]
    assert (tea["content"], tea["owner"]) == ("민아는 우롱차를 좋아한다", "mina@example.com")
    assert tea["created_at"] == "2026-01-05T15:00:00.123456Z"
    assert tea["metadata"] == {
        "mood": "good",
        "user_id": "mina",
        "categories": ["drinks", "taste"],
        "source": "mem0",
        "mem0_id": "m-1",
        "hash": "abc",
        "structured_attributes": {"day": 5},
    }


def test_mem0_as_an_array_and_as_lines_is_the_same_memories(run, mina, tmp_path):
    array = tmp_path / "array.json"
    array.write_text(dumped(MEM0))
    assert run(array)[0]["saved"] == 2
    assert run(_lines(tmp_path / "rows.jsonl", MEM0))[0]["unchanged"] == 2


def test_a_graph_becomes_memories_with_links(run, mina, tmp_path):
    counts, err, failed = run(_lines(tmp_path / "memory.jsonl", GRAPH))
    assert (counts["saved"], failed) == (3, False), err
    found = memories(mina)
    person = found["mcp-memory/person/민아.md"]
    assert person["content"] == (
        "# 민아\n\nType: person\n\n- likes tea\n\n## Relations\n\n"
        "- lives_by [[Harbour]]\n- dreams_of [[Nowhere]]"
    )
    assert "plays the oud" in found["mcp-memory/person/민아 (2).md"]["content"]
    links = mina.get(f"/superthread/memories/{person['doc_id']}/links").json()["links"]
    paths = [one["memory"] and one["memory"]["path"] for one in links]
    assert paths == ["mcp-memory/place/Harbour.md", None]
    assert "Nobody" in err
    assert run(_lines(tmp_path / "moved.jsonl", GRAPH))[0]["unchanged"] == 3


def test_notes_of_basic_memory_lie_at_their_permalinks(run, mina, tmp_path):
    counts, err, failed = run(written(tmp_path / "basic", BASIC))
    assert (counts["saved"], failed) == (2, False), err
    plan = memories(mina)["baepo/geumyoil-gyehoeg.md"]
    assert plan["metadata"]["tags"] == ["deploy", "plan"]
    assert plan["metadata"]["observations"] == [
        {
            "content": "Deploy on Tuesdays #ops/deploy",
            "category": "decision",
            "tags": ["ops/deploy"],
            "context": "since (last) winter",
        },
        {"content": "[?] plain with #mark", "tags": ["mark"]},
        {"content": "a bullet with #tag", "tags": ["tag"]},
    ]
    assert plan["metadata"]["relations"] == [
        {"type": "depends_on", "target": "Harbour notes", "context": "weakly"},
        {"type": "links_to", "target": "Other"},
        {"type": "is part of", "target": "Whole|The whole"},
        {"type": "links_to", "target": "Bare#Head"},
        {"type": "links_to", "target": "Inline"},
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("- [my decision] Tuesday", {"category": "my decision", "content": "Tuesday"}),
        ("* [tech] a star", {"category": "tech", "content": "a star"}),
        ("1. [tech] a number", {"category": "tech", "content": "a number"}),
        ("    - [tech] inside", {"category": "tech", "content": "inside"}),
        ("- [tech] why (it (really) is)", {"context": "it (really) is", "content": "why"}),
        ("- [tech] see #a/b", {"tags": ["a/b"], "content": "see #a/b"}),
        ("- only a #tag", {"tags": ["tag"], "content": "only a #tag"}),
        ("- [?] asked #why", {"tags": ["why"], "content": "[?] asked #why"}),
        ("- [ ] a task #x", None),
        ("- [x] done #x", None),
        ("- [-] given up #x", None),
        ("- [tech]too near #x", None),
        ("- plain", None),
    ],
)
def test_an_observation_is_what_basic_memory_takes_for_one(line, found):
    observations, relations = basic_memory.parsed(line)
    assert relations == []
    if found is None:
        assert observations == []
    else:
        (one,) = observations
        assert one | found == one


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("- depends_on [[X]]", [("depends_on", "X")]),
        ("- 의존 [[배포 계획]]", [("의존", "배포 계획")]),
        ('- "quoted rel" [[X]]', [("quoted rel", "X")]),
        ("- depends on [[X]]", [("links_to", "X")]),
        ("- **bold** rel [[X]]", [("links_to", "X")]),
        ("- [[X]]", [("links_to", "X")]),
        ("- depends_on [[X]] and [[Y]]", [("links_to", "X"), ("links_to", "Y")]),
        (
            "See [[Wiki|Alias]] and [[Foo#Head]]",
            [("links_to", "Wiki|Alias"), ("links_to", "Foo#Head")],
        ),
        ("`- depends_on [[X]]`", []),
    ],
)
def test_a_relation_is_what_basic_memory_takes_for_one(line, found):
    observations, relations = basic_memory.parsed(line)
    assert observations == []
    assert [(one["type"], one["target"]) for one in relations] == found


def test_a_note_of_basic_memory_without_a_permalink_stays_where_it_lay(run, mina, tmp_path):
    files = {"배포/My Notes.md": "# Tea\n\n- [taste] oolong\n", **BASIC}
    run(written(tmp_path / "basic", files))
    note = memories(mina)["배포/My Notes.md"]
    assert note["metadata"]["observations"] == [{"content": "oolong", "category": "taste"}]


def test_what_the_mcp_server_itself_passes_over_hinders_nothing(run, mina, tmp_path):
    rows = [json.dumps(GRAPH[0]), "", json.dumps({"type": "note", "text": "x"}), ""]
    rows += [json.dumps(GRAPH[1] | {"colour": "blue"})]
    file = tmp_path / "memory.jsonl"
    file.write_text("\n".join(rows))
    counts, _, _ = run(file)
    assert counts["saved"] == 2
    assert memories(mina)["mcp-memory/place/Harbour.md"]["metadata"]["colour"] == "blue"


def test_a_vault_comes_with_tags_aliases_and_links_and_attachments_are_named(run, mina, tmp_path):
    counts, err, failed = run(written(tmp_path / "vault", VAULT))
    assert (counts["saved"], counts["skipped"], failed) == (2, 2, False), err
    note = memories(mina)["일기/2026-01-05.md"]
    assert note["metadata"]["tags"] == ["daily", "일기", "people/new"]
    assert note["metadata"]["aliases"] == ["monday"]
    assert note["metadata"]["attachments"] == ["photo.png"]
    assert note["created_at"] == "2026-01-05T00:00:00.000000Z"
    (link, _) = mina.get(f"/superthread/memories/{note['doc_id']}/links").json()["links"]
    assert link["memory"]["path"] == "Harbour.md"
    assert "photo.png: skipped" in err
    assert "board.canvas: skipped" in err


def test_a_packed_vault_is_known_again_after_a_note_was_renamed(run, mina, tmp_path):
    files = {f"My vault/{name}": data for name, data in VAULT.items()}
    assert run(zipped(tmp_path / "one.zip", files))[0]["saved"] == 2
    files["My vault/places/Port.md"] = files.pop("My vault/Harbour.md")
    counts, err, _ = run(zipped(tmp_path / "two.zip", files))
    assert (counts["saved"], counts["changed"], counts["unchanged"]) == (0, 1, 1), err
    assert memories(mina).keys() == {"일기/2026-01-05.md", "places/Port.md"}


def test_pages_of_notion_come_without_ids_in_their_paths(run, mina, tmp_path):
    inner = zipped(tmp_path / "inner.zip", notion_files())
    name = "Export-12345678-1234-1234-1234-123456789abc"
    outer = zipped(tmp_path / "notion.zip", {f"{name}-Part-1.zip": inner.read_bytes()})
    counts, err, failed = run(outer)
    assert (counts["saved"], counts["skipped"], failed) == (4, 1, False), err
    found = memories(mina)
    assert found.keys() == {
        "notion/Home.md",
        "notion/Trips/Jeju.md",
        "notion/Lists/차 목록.md",
        "notion/Lists/No page.md",
    }
    home = found["notion/Home.md"]
    assert "[Jeju](/notion/Trips/Jeju.md)" in home["content"]
    assert "https://example.com/a.md" in home["content"]
    tea = found["notion/Lists/차 목록.md"]
    assert tea["metadata"]["properties"] == {
        "Tags": "tea, list",
        "Created": "January 5, 2026 8:00 AM",
    }
    assert tea["metadata"]["tags"] == ["tea", "list"]
    assert tea["created_at"] == "2026-01-05T08:00:00.000000Z"
    assert run(zipped(tmp_path / "again.zip", notion_files()))[0]["unchanged"] == 4


def test_a_dry_run_says_what_would_come_and_writes_nothing(run, mina, tmp_path):
    file = tmp_path / "export.json"
    file.write_text(dumped(MEM0[:1]))
    run(file)
    file.write_text(dumped([{**MEM0[0], "memory": "changed"}, MEM0[1], {"id": 3, "memory": ""}]))
    counts, err, failed = run(file, "--dry-run", "-v2")
    assert (counts["changed"], counts["saved"], counts["skipped"], failed) == (1, 1, 1, False)
    assert "export.json:1: changed" in err
    assert "export.json:2: saved" in err
    assert "export.json:3: skipped: There is no text" in err
    (memory,) = memories(mina).values()
    assert memory["content"] == MEM0[0]["memory"]


def test_a_named_format_goes_before_what_is_found_out(run, mina, tmp_path):
    folder = written(tmp_path / "vault", VAULT)
    run(folder, "--format", "notes")
    assert "tags" not in memories(mina)["Harbour.md"]["metadata"]


def test_notes_beside_an_export_deep_in_a_folder_stay_notes(run, mina, tmp_path):
    files = {"a.md": "one", "old/export.json": dumped(MEM0)}
    assert run(written(tmp_path / "notes", files))[0]["saved"] == 1
