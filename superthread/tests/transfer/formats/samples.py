"""Exports of other programs in the shapes that these write, with invented content."""

import csv
import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

AT = 1_767_600_000.25  # 2026-01-05T08:00:00Z
ROOT = "00000000-0000-4000-8000-000000000000"


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    """A ZIP file with these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def written(root: Path, files: dict[str, str | bytes]) -> Path:
    """A directory with these files."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def said(role: str, text: str, at: float = AT, **more: Any) -> dict[str, Any]:
    """A message of ChatGPT's."""
    return {
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "content": {"content_type": "text", "parts": [text]},
        "status": "finished_successfully",
        "recipient": "all",
        "metadata": {},
        **more,
    }


def chat(key: str, title: str, *messages: Any, branch: Any = None, **more: Any) -> dict[str, Any]:
    """A conversation of ChatGPT's: a root, the messages one below the other, and beside the last
    one a ``branch`` that is not shown."""
    nodes: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None}}
    nodes["root"]["children"] = []
    parent = "root"
    for number, message in enumerate(messages):
        name = f"{key}-{number}"
        nodes[parent]["children"].append(name)
        nodes[name] = {"id": name, "message": message, "parent": parent, "children": []}
        before, parent = parent, name
    if branch:
        nodes[before]["children"].append("beside")
        nodes["beside"] = {"id": "beside", "message": branch, "parent": before, "children": []}
    told = {"title": title, "create_time": AT, "update_time": AT + 60, "mapping": nodes}
    return {**told, "current_node": parent, "conversation_id": key, "id": key, **more}


def chats() -> list[dict[str, Any]]:
    """Two conversations, one in Korean, with what is not shown."""
    deploy = chat(
        "c-1",
        "금요일 배포",
        said("system", ""),
        said("user", "금요일에 배포해도 될까?", AT),
        said(
            "assistant",
            "search('deploy')",
            recipient="browser",
            content={"content_type": "code", "text": "search('deploy')"},
        ),
        said("tool", "a page"),
        said(
            "assistant",
            "",
            content={"content_type": "thoughts", "thoughts": [{"content": "secret thought"}]},
        ),
        said("assistant", "화요일이 낫습니다. \ue200cite\ue202turn0search0\ue201", AT + 10),
        said("user", "왜?", AT + 20),
        said("assistant", "주말에는 아무도 없으니까요.", AT + 30),
        branch=said("assistant", "a discarded answer", AT + 40),
        default_model_slug="gpt-9",
        is_archived=False,
    )
    picture = chat(
        "c-2",
        "A photo of the harbour",
        said(
            "user",
            "",
            content={
                "content_type": "multimodal_text",
                "parts": [
                    {
                        "content_type": "image_asset_pointer",
                        "asset_pointer": "file-service://file-abc",
                    },
                    "What is this?",
                ],
            },
            metadata={"attachments": [{"name": "harbour.jpg", "id": "file-abc"}]},
        ),
        said("assistant", "A harbour at low tide."),
    )
    return [deploy, picture]


def uttered(key: str, sender: str, text: str, parent: str | None = None, **more: Any) -> Any:
    """A message of Claude's."""
    told = {"uuid": key, "text": text, "sender": sender, "attachments": [], "files": []}
    told |= {"content": [{"type": "text", "text": text}], "created_at": f"2026-02-03T04:05:{key}Z"}
    return {**told, **({"parent_message_uuid": parent} if parent else {}), **more}


def claude_files(*, newer: bool) -> dict[str, str]:
    """What an export holds; the newer form has parents, files of projects, and objects."""
    parents = (ROOT, "10", "10", "12") if newer else (None,) * 4
    messages = [
        uttered("10", "human", "부엌을 고치고 싶어", parents[0]),
        uttered("12", "assistant", "예산이 얼마인가요?", parents[2]),
        uttered(
            "13",
            "human",
            "See the plan",
            parents[3],
            attachments=[{"file_name": "plan.txt", "extracted_content": "oak and white tiles"}],
        ),
        uttered(
            "14",
            "assistant",
            "",
            "13" if newer else None,
            content=[
                {"type": "thinking", "thinking": "hidden thought"},
                {"type": "tool_use", "name": "x", "input": {}},
                {"type": "text", "text": "Oak is warm."},
            ],
        ),
    ]
    if newer:
        messages.insert(1, uttered("11", "assistant", "a discarded turn", parents[1]))
    talk = {"uuid": "k-1", "name": "부엌 공사", "chat_messages": messages, "summary": "oak"}
    talk |= {"created_at": "2026-02-03T04:05:00Z", "updated_at": "2026-02-03T05:00:00Z"}
    talk |= {"account": {"uuid": "a-1"}}
    project = {"uuid": "p-1", "name": "Kitchen", "description": "All about it"}
    project |= {"prompt_template": "Answer briefly.", "created_at": "2026-02-01T00:00:00Z"}
    project |= {"docs": [{"uuid": "d-1", "filename": "tiles.md", "content": "# Tiles\n\nwhite"}]}
    memories = {"conversations_memory": "Mina likes oak.", "account_uuid": "a-1"}
    memories |= {"project_memories": {"p-1": "The kitchen is small."}}
    if not newer:
        return {
            "users.json": dumped([{"uuid": "a-1", "full_name": "Mina"}]),
            "conversations.json": dumped([talk]),
            "projects.json": dumped([project]),
            "memories.json": dumped([memories]),
        }
    return {
        "conversations.json": dumped([talk]),
        "projects/p-1.json": dumped(project),
        "memories/a-1.json": dumped({**memories, "memory_files": {"tea.md": "Oolong."}}),
        "design_chats/x.json": dumped({"something": "else"}),
    }


MEM0 = [
    {
        "id": "m-1",
        "memory": "민아는 우롱차를 좋아한다",
        "hash": "abc",
        "metadata": {"mood": "good"},
        "user_id": "mina",
        "agent_id": None,
        "created_at": "2026-01-05T08:00:00.123456-07:00",
        "updated_at": "2026-01-06T08:00:00-07:00",
        "categories": ["drinks", "taste"],
        "structured_attributes": {"day": 5},
    },
    {"id": "m-2", "memory": "She lives by the harbour", "user_id": "mina", "metadata": None},
]

GRAPH = [
    {"type": "entity", "name": "민아", "entityType": "person", "observations": ["likes tea"]},
    {"type": "entity", "name": "Harbour", "entityType": "place", "observations": []},
    {"type": "entity", "name": "민아", "entityType": "person", "observations": ["plays the oud"]},
    {"type": "relation", "from": "민아", "to": "Harbour", "relationType": "lives_by"},
    {"type": "relation", "from": "민아", "to": "Harbour", "relationType": "lives_by"},
    {"type": "relation", "from": "민아", "to": "Nowhere", "relationType": "dreams_of"},
    {"type": "relation", "from": "Nobody", "to": "민아", "relationType": "knows"},
]

BASIC = {
    "배포/금요일 계획.md": """---
title: 금요일 계획
type: note
permalink: baepo/geumyoil-gyehoeg
tags:
- deploy
- plan
---

# 금요일 계획

## Observations
- [decision] Deploy on Tuesdays #ops/deploy (since (last) winter)
- [ ] a task
- [?] plain with #mark
- a bullet with #tag
- no observation
- [tech]too near

## Relations
- depends_on [[Harbour notes]] (weakly)
- depends on [[Other]]
- "is part of" [[Whole|The whole]]
- [[Bare#Head]]

Text with [[Inline]] and `[[Code]]`.
""",
    "Harbour notes.md": "---\ntitle: Harbour notes\npermalink: harbour-notes\n---\n\nLow tide.\n",
}

VAULT = {
    ".obsidian/app.json": "{}",
    "일기/2026-01-05.md": "---\ntags: [daily, 일기]\naliases:\n- monday\ncreated: 2026-01-05\n---\n"
    "Met [[Harbour]] #people/new `#code`\n\n![[photo.png]]\n",
    "Harbour.md": "# A heading\n\nLow tide. #place\n",
    "photo.png": b"\x89PNG",
    "board.canvas": "{}",
}

_HOME, _TRIP, _ROW, _BASE = ("1a" * 16, "2b" * 16, "3c" * 16, "4d" * 16)


def table(*rows: list[str]) -> str:
    """CSV with a mark of the order of bytes, as Notion writes it."""
    out = StringIO()
    csv.writer(out).writerows(rows)
    return f"\ufeff{out.getvalue()}"


def notion_files() -> dict[str, str | bytes]:
    """Pages, a database with a page for one of its rows, and a picture."""
    rows = [["Name", "Tags", "Created"], ["차 목록", "tea, list", "January 5, 2026 8:00 AM"]]
    rows += [["No page", "x", ""]]
    page = f"Trips%20{_BASE}/Jeju%20{_TRIP}.md"
    return {
        f"Home {_HOME}.md": f"# Home\n\nSee [Jeju]({page}) and [out](https://example.com/a.md)\n",
        f"Trips {_BASE}/Jeju {_TRIP}.md": "# Jeju\n\nBy boat.\n",
        f"Trips {_BASE}/picture.png": b"\x89PNG",
        f"Lists {_BASE}.csv": table(*rows[:2]),
        f"Lists {_BASE}_all.csv": table(*rows),
        f"Lists {_BASE}/차 목록 {_ROW}.md": "# 차 목록\n\nTags: tea, list\n"
        "Created: January 5, 2026 8:00 AM\n\nOolong\n",
    }
