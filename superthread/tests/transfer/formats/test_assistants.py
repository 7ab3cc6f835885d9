"""Exports of assistants: what was shown becomes memories, once, whatever the file is called."""

import pytest

from superthread.tests.transfer.formats.samples import (
    AT,
    chat,
    chats,
    claude_files,
    dumped,
    said,
    written,
    zipped,
)
from superthread.transfer import importing
from superthread.transfer.importing import Importer


def memories(client, **query):
    query = {"scope": "all", "limit": "100", **query}
    found = client.get("/superthread/memories", params=query).json()["memories"]
    return {one["path"] or one["doc_id"]: one for one in found}


def test_the_shown_branch_of_each_conversation_is_a_memory(run, mina, tmp_path):
    files = {
        "export/conversations.json": dumped(chats()),
        "export/user.json": "{}",
        "export/file-abc-harbour.jpg": b"\xff\xd8",
        "__MACOSX/export/conversations.json": "not json",
    }
    counts, err, failed = run(zipped(tmp_path / "chatgpt.zip", files))
    assert (counts["saved"], failed) == (2, False), err
    found = memories(mina)
    deploy = found["chatgpt/금요일 배포.md"]
    assert deploy["content"] == (
        "# 금요일 배포\n\n## You\n\n금요일에 배포해도 될까?\n\n## ChatGPT\n\n화요일이 낫습니다.\n\n"
        "## You\n\n왜?\n\n## ChatGPT\n\n주말에는 아무도 없으니까요."
    )
    assert deploy["metadata"] == {
        "title": "금요일 배포",
        "source": "chatgpt",
        "conversation_id": "c-1",
        "default_model_slug": "gpt-9",
        "is_archived": False,
    }
    assert deploy["created_at"] == "2026-01-05T08:00:00.250000Z"
    assert deploy["updated_at"] == "2026-01-05T08:01:00.250000Z"
    picture = found["chatgpt/A photo of the harbour.md"]
    assert "(file-abc)\n\nWhat is this?" in picture["content"]
    assert picture["metadata"]["attachments"] == ["harbour.jpg"]
    assert "3 messages that are not shown" in err


def test_the_newer_export_in_several_files_is_the_same_memories(run, mina, tmp_path):
    first, second = chats()
    run(written(tmp_path / "old", {"conversations.json": dumped([first, second])}))
    parts = {
        "conversations-000.json": dumped([second]),
        "a/conversations-001.json": dumped([first]),
    }
    counts, err, _ = run(zipped(tmp_path / "new.zip", parts))
    assert counts["unchanged"] == 2, err
    assert counts["saved"] == 0
    assert len(memories(mina)) == 2


def test_each_exchange_may_be_a_memory(run, mina, tmp_path):
    file = tmp_path / "conversations.json"
    file.write_text(dumped(chats()[:1]))
    assert run(file, "--exchanges")[0]["saved"] == 2
    found = sorted(memories(mina).values(), key=lambda one: one["created_at"])
    assert [("금요일에" in one["content"], "왜?" in one["content"]) for one in found] == [
        (True, False),
        (False, True),
    ]
    assert found[1]["created_at"] == "2026-01-05T08:00:20.250000Z"
    assert run(file, "--exchanges")[0]["unchanged"] == 2


def test_a_conversation_that_went_on_is_a_new_version_where_its_owner_has_put_it(
    run, mina, tmp_path
):
    file = tmp_path / "conversations.json"
    before = [said("user", "hello"), said("assistant", "good day")]
    file.write_text(dumped([chat("c-9", "Greeting", *before)]))
    run(file)
    (memory,) = memories(mina).values()
    mina.patch(f"/superthread/memories/{memory['doc_id']}", json={"path": "mine/hello.md"})
    more = [said("user", "and now?", AT + 50), said("assistant", "lunch", AT + 60)]
    file.write_text(dumped([chat("c-9", "Renamed since", *before, *more)]))
    assert run(file)[0]["changed"] == 1
    (again,) = memories(mina).values()
    assert (again["doc_id"], again["path"]) == (memory["doc_id"], "mine/hello.md")
    assert "lunch" in again["content"]


def test_a_conversation_too_long_for_a_memory_is_several(run, mina, tmp_path):
    long = [said("user" if n % 2 else "assistant", f"word{n} " * 20_000) for n in range(9)]
    file = tmp_path / "conversations.json"
    file.write_text(dumped([chat("c-5", "Long talk", *long)]))
    counts, err, failed = run(file)
    assert (counts["saved"], failed) == (3, False), err
    found = memories(mina)
    assert found["chatgpt/Long talk 2.md"]["metadata"]["part"] == 2
    assert run(file)[0]["unchanged"] == 3


def test_a_title_longer_than_a_memory_is_cut(run, mina, tmp_path):
    file = tmp_path / "conversations.json"
    talk = chat("k", "title " * 100_000, said("user", "hello", metadata={"attachments": 5}))
    file.write_text(dumped([talk]))
    counts, err, failed = run(file)
    assert (counts["saved"], failed) == (1, False), err
    (memory,) = memories(mina).values()
    assert memory["content"].startswith("# title title")
    assert memory["content"].endswith("…\n\n## You\n\nhello")
    assert len(memory["content"]) < 5_000


def test_conversations_of_one_title_have_paths_of_their_own(run, mina, tmp_path):
    talks = [chat(key, "New chat", said("user", f"hello {key}")) for key in ("k-1", "k-2")]
    file = tmp_path / "conversations.json"
    file.write_text(dumped(talks))
    run(file)
    assert memories(mina).keys() == {"chatgpt/New chat.md", "chatgpt/New chat (k-2).md"}


def test_a_classic_claude_export_comes_whole(run, mina, tmp_path):
    counts, err, failed = run(zipped(tmp_path / "data.zip", claude_files(newer=False)))
    assert (counts["saved"], failed) == (5, False), err
    found = memories(mina)
    talk = found["claude/부엌 공사.md"]
    assert "### plan.txt\n\noak and white tiles" in talk["content"]
    assert "hidden thought" not in talk["content"]
    assert talk["content"].endswith("## Claude\n\nOak is warm.")
    assert talk["metadata"]["summary"] == "oak"
    assert found["claude/projects/Kitchen/tiles.md"]["content"] == "# Tiles\n\nwhite"
    assert "Answer briefly." in found["claude/projects/Kitchen/about.md"]["content"]
    assert found["claude/memories/conversations.md"]["content"] == "Mina likes oak."
    assert found["claude/memories/project p-1.md"]["content"] == "The kitchen is small."


def test_the_newer_claude_export_in_several_archives_is_the_same(run, mina, tmp_path):
    run(zipped(tmp_path / "old.zip", claude_files(newer=False)))
    files = claude_files(newer=True)
    folder = tmp_path / "new"
    folder.mkdir()
    memory = "memories/a-1.json"
    talks = {name: text for name, text in files.items() if name != memory}
    zipped(folder / "conversations-000.zip", talks)
    zipped(folder / "memories-000.zip", {memory: files[memory]})
    counts, err, _ = run(folder)
    assert (counts["saved"], counts["unchanged"], counts["failed"]) == (1, 5, 0), err
    assert "discarded" not in memories(mina)["claude/부엌 공사.md"]["content"]
    assert "neither a conversation nor a project" in err


def test_one_that_was_cut_off_and_runs_again_saves_nothing_twice(run, mina, tmp_path, monkeypatch):
    talks = [chat(f"k-{n}", f"Talk {n}", said("user", f"hello {n}")) for n in range(10)]
    file = tmp_path / "conversations.json"
    file.write_text(dumped(talks))
    store, parts = Importer._store_part, []

    def cut_off(importer, entries):
        parts.append(entries)
        if len(parts) == 3:
            raise KeyboardInterrupt
        return store(importer, entries)

    monkeypatch.setattr(importing, "BATCH", 2)
    monkeypatch.setattr(Importer, "_store_part", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run(file)
    assert len(memories(mina)) == 4
    counts, _, _ = run(file)
    assert (counts["unchanged"], counts["saved"]) == (4, 6)
    assert len(memories(mina)) == 10
