"""The package alone, as a wheel, and where LangGraph and Anthropic's SDK are."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from testing.clients.foreign import from_pypi

HERE = Path(__file__).parent
PACKAGE = HERE.parent
LANGGRAPH, ANTHROPIC = "langgraph==1.2.24", "anthropic==2.10.0"
CHECKER = "mypy==2.4.1"

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The programs of a Python that has the package, both libraries and a checker of types."""
    place = tmp_path_factory.mktemp("python")
    return from_pypi(place, str(PACKAGE), LANGGRAPH, ANTHROPIC, CHECKER)


def run(*command, **environment):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_is_there_and_needs_nothing_of_the_hubs(shared_hub, programs):
    who = {
        "MEMORY_HUB_URL": shared_hub.url,
        "MEMORY_HUB_TOKEN": shared_hub.token("cli@example.com"),
    }
    run(programs / "hub", "save", "Ann likes tea.", "--path", "ann.md", **who)
    assert run(programs / "hub", "show", "ann.md", **who) == "Ann likes tea.\n"
    names = run(programs / "python", "-m", "pip", "list", "--format=freeze")
    assert "django" not in names.lower()
    # Neither library is imported by what does not need it.
    asked = "import sys, memory_hub_client; print([n for n in sys.modules if 'langgraph' in n])"
    assert run(programs / "python", "-c", asked) == "[]\n"


def test_files_go_to_the_hub_and_come_from_it(shared_hub, programs, tmp_path):
    who = {
        "MEMORY_HUB_URL": shared_hub.url,
        "MEMORY_HUB_TOKEN": shared_hub.token("files@example.com"),
    }
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "tea.md").write_text("Ann likes tea.")
    assert run(programs / "hub", "import", notes, **who) == "1 saved.\n"
    assert run(programs / "hub", "import", notes, **who) == "1 unchanged.\n"
    tree = tmp_path / "tree"
    assert run(programs / "hub", "export", tree, "--format", "markdown", **who) == "1 exported.\n"
    (note,) = tree.rglob("tea.md")
    assert note.read_text().endswith("Ann likes tea.")


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_its_types_hold(programs, tmp_path, platform):
    source = PACKAGE / "src/memory_hub_client"
    cache = ["--cache-dir", tmp_path, "--platform", platform, "--python-version", "3.11"]
    # Answers are what the document says: nothing is known of JSON that comes in.
    run(programs / "mypy", "--strict", "--no-warn-return-any", *cache, source)


def test_the_store_does_what_langgraphs_own_does(shared_hub, programs):
    told = run(
        programs / "python",
        HERE / "drill/store.py",
        shared_hub.url,
        shared_hub.token("lg@example.com"),
    )
    seen = json.loads(told)
    assert seen["asked"] > 25
    assert seen["unlike"] == []
    assert seen["query"] == ["k"]
    assert seen["is_changed_later"]


def test_the_runner_of_anthropics_sdk_uses_the_tool(shared_hub, programs):
    told = run(
        programs / "python",
        HERE / "drill/tool.py",
        shared_hub.url,
        shared_hub.token("an@example.com"),
    )
    shown = "Here's the content of /memories/tea.md with line numbers:\n"
    assert json.loads(told) == {
        "tools": [{"type": "memory_20250818", "name": "memory"}],
        "results": [
            ["File created successfully at: /memories/tea.md", False],
            [
                "The path /memories/none.md does not exist. Please provide a valid path.",
                True,
            ],
        ],
        "awaited": f"{shown}     1\tAnn likes tea.",
        "incomplete": "/path: The command view needs path.",
    }
