"""The tasks that people set, each done by one call of the right tool."""

from typing import Any

import jsonschema
import pytest

from integrations.mcp.tests.tasks import BEFORE, TASKS, UNDOING, Task
from integrations.mcp.tools.catalog import DEFAULT, PROFILES

DONE: list[tuple[list[Any], Task]] = [*(([], task) for task in TASKS), *UNDOING]
IDS = [task.said[:50] for _, task in DONE]


@pytest.fixture
def kept(mina):
    """The ids of the memories that there are before, by their names."""
    assert mina.post("/accounts/teams", json={"team_key": "alpha", "name": "Alpha"}).is_success
    return {name: mina.save(**given)["doc_id"] for name, given in BEFORE.items()}


def with_ids(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: with_ids(one, ids) for name, one in value.items()}
    return value.format(**ids) if isinstance(value, str) and value.startswith("{") else value


def at(told: Any, place: str) -> Any:
    for step in place.split("."):
        told = told[int(step) if step.isdigit() else step]
    return told


@pytest.mark.parametrize(("before", "task"), DONE, ids=IDS)
def test_one_call_does_what_was_asked(before, task, kept, modern):
    for tool, arguments in before:
        modern.told(tool, **with_ids(arguments, kept))
    told = modern.told(task.tool, **with_ids(task.arguments, kept))
    if task.about:
        told = modern.told("get_memory", id=kept[task.about])
    for place, expected in with_ids(task.then, kept).items():
        assert at(told, place) == expected


@pytest.mark.parametrize("task", [task for _, task in DONE], ids=IDS)
def test_the_call_is_as_the_tools_schema_says(task: Task):
    tool = PROFILES[DEFAULT][task.tool]
    jsonschema.Draft202012Validator(tool.input).validate(task.arguments)


def test_every_tool_is_wanted_by_some_task():
    assert {task.tool for _, task in DONE} == set(PROFILES[DEFAULT])
