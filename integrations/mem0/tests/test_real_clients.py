"""The clients of mem0 as PyPI and npm have them, unmodified, against a real hub: every call."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from testing.clients.foreign import from_npm, from_pypi

DRILL = Path(__file__).with_name("drill")
PYTHON, NODE = "mem0ai==2.2.1", "mem0ai@3.3.1"
NOBODY = "Say whose memories are to be deleted: one of user_id"
EXPORT = "A model makes these by a schema"
# Theirs is sent elsewhere.
QUIET = {"MEM0_TELEMETRY": "false", "PATH": "/usr/local/bin:/usr/bin:/bin"}

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A Python that has the library, and nothing of the hub's."""
    return from_pypi(tmp_path_factory.mktemp("python"), PYTHON) / "python"


def seen_by(tmp_path, *command):
    variables = {**QUIET, "MEM0_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("which", ["sync", "async"])
def test_the_python_clients_make_every_call(shared_hub, python, tmp_path, which):
    token = shared_hub.token(f"{which}@example.com")
    asked = [python, DRILL / "python_client.py", f"{shared_hub.url}/mem0", token, which]
    assert seen_by(tmp_path, *asked) == {
        "add": [False, True],
        "get": {"mood": "calm"},
        "get_all": [2, 1, True],
        "search": [[True]],
        "update": ["I like black tea.", {"mood": "new"}],
        "history": [["ADD", "I like green"], ["UPDATE", "I like black"]],
        "batch_update": "Successfully updated 1 memories",
        "feedback": "Feedback is kept.",
        "users": [["user", f"ann/{which}"]],
        "missing": True,
        "delete_all of nobody": [True, NOBODY[:28]],
        "kept": 2,
        "export": EXPORT[:29],
        "summary": True,
        "project": "memory-hub",
        "webhooks": True,
        "batch_delete": "Successfully deleted 1 memories",
        "delete": "Memory deleted successfully!",
        "delete_all": 1,
        "delete_users": True,
        "left": 0,
        "refused": ["ValueError", True],
    }


def test_the_node_client_makes_every_call(shared_hub, tmp_path_factory):
    directory = tmp_path_factory.mktemp("node")
    # The library's optional parts are databases to be compiled.
    from_npm(directory, NODE, "--ignore-scripts", "--legacy-peer-deps")
    shutil.copy(DRILL / "node_client.mjs", directory)
    node = shutil.which("node")
    asked = [
        node,
        directory / "node_client.mjs",
        f"{shared_hub.url}/mem0",
        shared_hub.token("node@example.com"),
    ]
    seen = seen_by(directory, *asked)
    assert NOBODY in seen.pop("deleteAllOfNobody")
    assert EXPORT in seen.pop("export")
    assert seen == {
        "add": [False, "I like green tea. 녹차"],
        "get": ["ann/node", {"isCalm": True}],
        "getAll": [2, 1],
        "search": [True],
        "update": "I like black tea.",
        "history": [["ADD", "I like green tea. 녹차"], ["UPDATE", "I like black tea."]],
        "batchUpdate": "Successfully updated 1 memories",
        "feedback": "Feedback is kept.",
        "users": [["user", "ann/node"]],
        "kept": 2,
        "batchDelete": "Successfully deleted 1 memories",
        "delete": "Memory deleted successfully!",
        "deleteAll": 1,
        "deleteUsers": True,
        "left": 0,
    }
