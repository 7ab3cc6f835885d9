"""npm's clients and the Inspector, unmodified, against a real hub."""

import json
import shutil
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("drill")
INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"

pytestmark = pytest.mark.drill


@pytest.mark.parametrize(
    ("which", "revision"),
    [("sdk", "2025-11-25"), ("default", "2025-11-25"), ("auto", "2026-07-28")],
)
def test_a_node_client_saves_finds_and_reads(real_hub, node, which, revision):
    shutil.copy(DRILL / "node_client.mjs", node.place)
    done = node.run("node_client.mjs", f"{real_hub.url}/mcp", real_hub.secret, which)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "revision": revision,
        "server": "memory-hub",
        "instructed": True,
        "tools": 8,
        "found": True,
        "read": True,
        "error": [True, True],
        "listed": True,
        "resource": True,
        "prompt": True,
        **({"told": [True, True]} if revision == "2026-07-28" else {}),
    }


@pytest.mark.parametrize("profile", ["", "?profile=chatgpt"])
def test_the_inspector_finds_no_fault_with_the_schemas_of_tools(real_hub, node, profile):
    header = f"Authorization: Bearer {real_hub.secret}"
    asked = ["--transport", "http", "--header", header, "--method", "tools/list", "--strict"]
    done = node.run(INSPECTOR, "--cli", f"{real_hub.url}/mcp{profile}", *asked)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert len(json.loads(done.stdout)["tools"]) == (2 if profile else 8)
