"""What people ask for, and the call that does it: twenty tasks for whoever has the tool list alone.

``{deploy}`` in arguments is the id of the memory that stands under this name in ``BEFORE``.
"""

from typing import Any, NamedTuple

DEPLOY = "# Deploys\n\nWe deploy on Tuesdays at 14:00, after the stand-up."
BEFORE: dict[str, dict[str, Any]] = {
    "deploy": {"content": DEPLOY, "path": "notes/deploy.md", "metadata": {"tags": ["ops"]}},
    "database": {
        "content": "We chose PostgreSQL over MySQL for its transactional DDL.",
        "category": "decisions",
    },
    "holiday": {"content": "민아의 휴가는 8월 첫째 주다.", "category": "people"},
    "release": {
        "content": "Release notes are written by Jun.",
        "scope": "team",
        "team_key": "alpha",
    },
    "wrong": {"content": "The office closes at noon."},
}


class Task(NamedTuple):
    """``said`` is what the person says. After the call, reading the memory ``about`` tells
    ``then``, or its answer does."""

    said: str
    tool: str
    arguments: dict[str, Any]
    then: dict[str, Any]
    about: str = ""


TASKS = [
    Task(
        "Remember that I prefer short answers without bullet points.",
        "save_memory",
        {"content": "The user prefers short answers without bullet points."},
        {"revision": 1, "scope": "personal"},
    ),
    Task(
        "Note for team alpha: staging is restarted every night. File it as infrastructure.",
        "save_memory",
        {
            "content": "Staging is restarted every night.",
            "team_key": "alpha",
            "category": "infrastructure",
        },
        {"scope": "team", "team_key": "alpha", "category": "infrastructure"},
    ),
    Task(
        "Keep this under people/mina.md: Mina leads the search team.",
        "save_memory",
        {"content": "Mina leads the search team.", "path": "people/mina.md"},
        {"path": "people/mina.md"},
    ),
    Task(
        "Remember until the end of 2099 that the guest wifi is called Orchard.",
        "save_memory",
        {"content": "The guest wifi is called Orchard.", "expires_at": "2099-12-31T23:59:59Z"},
        {"expires_at": "2099-12-31T23:59:59.000000Z"},
    ),
    Task(
        "Which database did we decide on, and why?",
        "search_memories",
        {"query": "database decision"},
        {"results.0.id": "{database}"},
    ),
    Task(
        "민아 휴가가 언제였지?",
        "search_memories",
        {"query": "민아 휴가"},
        {"results.0.id": "{holiday}"},
    ),
    Task(
        "Does anything in team alpha say who writes release notes?",
        "search_memories",
        {"query": "release notes", "team_key": "alpha", "scope": "team"},
        {"results.0.id": "{release}"},
    ),
    Task(
        "Show me the whole note notes/deploy.md.",
        "get_memory",
        {"path": "notes/deploy.md"},
        {"content": DEPLOY},
    ),
    Task(
        "What are the newest things you remembered?",
        "list_memories",
        {},
        {"memories.0.id": "{wrong}"},
    ),
    Task(
        "What is in the folder notes?",
        "list_memories",
        {"path_prefix": "notes/"},
        {"memories.0.id": "{deploy}"},
    ),
    Task(
        "Correct notes/deploy.md: we deploy on Thursdays now.",
        "update_memory",
        {"path": "notes/deploy.md", "old_text": "Tuesdays", "new_text": "Thursdays"},
        {"content": DEPLOY.replace("Tuesdays", "Thursdays")},
        about="deploy",
    ),
    Task(
        "Replace what you know about the office (id {wrong}): it closes at six.",
        "update_memory",
        {"id": "{wrong}", "content": "The office closes at six."},
        {"content": "The office closes at six."},
        about="wrong",
    ),
    Task(
        "Move notes/deploy.md to handbook/deploy.md.",
        "update_memory",
        {"path": "notes/deploy.md", "new_path": "handbook/deploy.md"},
        {"path": "handbook/deploy.md"},
        about="deploy",
    ),
    Task(
        "Let the whole team alpha see the database decision ({database}).",
        "update_memory",
        {"id": "{database}", "new_team_key": "alpha"},
        {"scope": "team", "team_key": "alpha"},
        about="database",
    ),
    Task(
        "Forget {wrong}, it was never true.",
        "delete_memory",
        {"id": "{wrong}"},
        {"state": "in the trash"},
    ),
    Task(
        "What did I throw away?",
        "list_memories",
        {"trash": True},
        {"memories": []},
    ),
    Task(
        "Which versions of notes/deploy.md are there?",
        "memory_history",
        {"path": "notes/deploy.md"},
        {"versions.0.version": 1},
    ),
    Task(
        "What did version 1 of {deploy} say?",
        "memory_history",
        {"id": "{deploy}", "action": "read", "version": 1},
        {"content": DEPLOY},
    ),
    Task(
        "Let jun@example.com edit the deploy note {deploy}.",
        "share_memory",
        {"id": "{deploy}", "with_email": "jun@example.com", "role": "editor"},
        {"shared_with.0.role": "editor"},
    ),
    Task(
        "Who else can see {holiday}?",
        "share_memory",
        {"id": "{holiday}"},
        {"shared_with": []},
    ),
]

# Asked after something else was done: the calls before, and the one that puts it right.
UNDOING = [
    (
        [("delete_memory", {"id": "{wrong}"})],
        Task(
            "I did not mean to delete {wrong}: bring it back.",
            "delete_memory",
            {"id": "{wrong}", "undo": True},
            {"state": "restored"},
        ),
    ),
    (
        [("update_memory", {"id": "{deploy}", "content": "Never."})],
        Task(
            "Undo your last change of {deploy}, version 1 was right.",
            "memory_history",
            {"id": "{deploy}", "action": "restore", "version": 1},
            {"content": DEPLOY},
            about="deploy",
        ),
    ),
    (
        [("update_memory", {"id": "{deploy}", "old_text": "14:00", "new_text": "15:00"})],
        Task(
            "What did you change in {deploy}?",
            "memory_history",
            {"id": "{deploy}", "action": "diff", "version": 1},
            {"from": 1, "to": 2},
        ),
    ),
    (
        [
            (
                "share_memory",
                {"id": "{deploy}", "with_email": "jun@example.com", "role": "editor"},
            )
        ],
        Task(
            "Jun should not see {deploy} any more (jun@example.com).",
            "share_memory",
            {"id": "{deploy}", "with_email": "jun@example.com", "role": "none"},
            {"shared_with": []},
        ),
    ),
]
