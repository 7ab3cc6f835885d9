"""Each command × principal × restricted token, as data: whatever has no row fails."""

from typing import NamedTuple

import pytest

from integrations.anthropic.commands import COMMANDS
from integrations.anthropic.tests.tool import PATH, Tool
from integrations.tests.principals import OTHERS, SIGHTS, Sight, other
from memory_hub.accounts.scopes import every_scope
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE
from superthread.tests.restricted.worlds import RESTRICTIONS, restriction
from testing.journaling import journaling

HERS = "/memories/hers.md"
TEXT = "Her capybara."
READ, WRITE = {MEMORIES_READ}, {MEMORIES_WRITE}


class Row(NamedTuple):
    """A command: its input, the scopes that it needs, and what is written of it."""

    given: dict
    needs: set
    told: str | None


ROWS = {
    "view": Row({"path": HERS}, READ, None),
    "create": Row({"path": "/memories/new.md", "file_text": "new"}, WRITE, "memory.created"),
    "str_replace": Row(
        {"path": HERS, "old_str": "capybara", "new_str": "cat"}, READ | WRITE, "memory.updated"
    ),
    "insert": Row(
        {"path": HERS, "insert_line": 0, "insert_text": "x"}, READ | WRITE, "memory.updated"
    ),
    "delete": Row({"path": HERS}, WRITE, "memory.trashed"),
    "rename": Row({"old_path": HERS, "new_path": "/memories/new.md"}, WRITE, "memory.updated"),
}


class May(NamedTuple):
    """What a token of Mina's may do: whether her file is there for it; what a new file is answered
    with, and one of the same name."""

    sees: bool
    new: int | bool
    same: int | bool


MAY = {
    Sight.ALL: May(True, True, False),
    Sight.NOTHING: May(False, 403, 403),
    Sight.ELSEWHERE: May(False, True, True),
    Sight.BESIDE: May(False, True, False),
    Sight.READING: May(True, 403, 403),
}


@pytest.fixture
def hers(tool):
    """Mina's tool with one file."""
    tool.make(HERS, TEXT)
    return tool


def sees(tool):
    """Whether her file is there, by all that could tell."""
    listed = "hers.md" in tool.call("view", path="/memories")[0]
    assert tool.call("view", path=HERS)[1] is not listed
    return listed


def outcome(answer):
    """The status of a problem, else whether it was carried out."""
    return not answer.json()["is_error"] if answer.status_code == 200 else answer.status_code


def test_every_command_has_a_row():
    assert ROWS.keys() == COMMANDS.keys()
    assert SIGHTS.keys() == RESTRICTIONS.keys()


@pytest.mark.parametrize("command", ROWS)
def test_a_command_needs_its_scopes_before_anything_is_looked_up(command, hers, api, nobody):
    row = ROWS[command]
    assert nobody.post(PATH, json={"command": command, **row.given}).status_code == 401
    for scope in row.needs:
        poor = Tool(api("mina@example.com", scopes=[one for one in every_scope() if one != scope]))
        absent = {
            name: value.replace("hers", "none")
            for name, value in row.given.items()
            if isinstance(value, str)
        }
        for given in (row.given, row.given | absent):
            answer = poor.ask(command, **given)
            assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")
    rich = Tool(api("mina@example.com", scopes=sorted(row.needs)))
    with journaling() as entries:
        rich.done(command, **row.given)
    told = [(one.kind, one.via) for one in entries]
    assert told == ([(row.told, "anthropic")] if row.told else [])


@pytest.mark.parametrize("name", SIGHTS)
def test_a_restricted_token_does_what_its_row_says(name, hers, api):
    sight = SIGHTS[name]
    row = MAY[sight]
    tool = Tool(api("mina@example.com", restriction=restriction(name)))
    assert sees(tool) is row.sees
    for path, expected in (("/memories/new.md", row.new), (HERS, row.same)):
        assert outcome(tool.ask("create", path=path, file_text="x")) == expected
    if not row.sees and sight is not Sight.NOTHING:
        tool.call("delete", path=HERS)
        tool.call("str_replace", path=HERS, old_str="capybara", new_str="cat")
    assert hers.text(HERS) == TEXT


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_has_to_do_with_it(name, hers, api):
    jun = Tool(other(name, hers.client, api))
    assert not sees(jun)
    for command, row in ROWS.items():
        if command != "create":
            hidden = jun.refused(command, **row.given)
            missing = {
                k: v.replace("hers", "none") if isinstance(v, str) else v
                for k, v in row.given.items()
            }
            assert hidden.replace("hers", "none") == jun.refused(command, **missing)
    assert hers.text(HERS) == TEXT


def test_a_token_for_a_folder_has_all_its_files_there(api, mina):
    tool = Tool(api("mina@example.com", restriction=restriction("its folder")))
    tool.make("/memories/a.md", "text")
    assert mina.get("/superthread/by-path/personal/keys/a.md").json()["content"] == "text"
    assert Tool(mina).refused("view", path="/memories/a.md")


def test_a_token_that_may_not_read_is_not_answered_again_what_was_read(hers, api, mina):
    body = {"command": "view", "path": HERS}
    key = {"headers": {"Idempotency-Key": "k"}}
    first = mina.post(PATH, json=body, **key).json()
    assert TEXT in first["content"]
    again = api("mina@example.com", scopes=[MEMORIES_WRITE]).post(PATH, json=body, **key)
    assert TEXT not in again.text


def test_the_tool_is_described_and_its_short_path_is_not(nobody):
    paths = nobody.get("/openapi.json").json()["paths"]
    assert [path for path in paths if "memory-tool" in path] == [PATH]
