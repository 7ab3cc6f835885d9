"""npm's clients and the Inspector, unmodified, against a real hub."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("drill")
# The Inspector needs Node 22, which npm has as a package.
NODE = "node@22.23.3"
CLIENTS = (
    "@modelcontextprotocol/sdk@1.32.2",
    "@modelcontextprotocol/client@2.4.0",
    "@modelcontextprotocol/inspector@2.12.0",
)
INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub")) as made:
        yield made


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """``node(script, *arguments)`` runs it by Node 22 where the clients are installed."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("The clients run on Node.js, and there is no node or npm here.")
    directory = tmp_path_factory.mktemp("node")
    installing = ["npm", "install", "--silent", "--prefix", directory, NODE, *CLIENTS]
    if subprocess.run(installing).returncode:
        pytest.skip(f"npm could not install {NODE} and {', '.join(CLIENTS)}: without a network?")
    shutil.copy(DRILL / "node_client.mjs", directory)
    program = directory / "node_modules/node/bin/node"

    def run(script, *arguments):
        command = [program, directory / script, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    return run


@pytest.mark.parametrize(
    ("which", "revision"),
    [("sdk", "2025-11-25"), ("default", "2025-11-25"), ("auto", "2026-07-28")],
)
def test_a_node_client_saves_finds_and_reads(hub, node, which, revision):
    token = hub.token("mina@example.com")
    done = node("node_client.mjs", f"{hub.url}/mcp", token, which)
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
    }


@pytest.mark.parametrize("profile", ["", "?profile=chatgpt"])
def test_the_inspector_finds_no_fault_with_the_schemas_of_tools(hub, node, profile):
    header = f"Authorization: Bearer {hub.token('mina@example.com')}"
    asked = ["--transport", "http", "--header", header, "--method", "tools/list", "--strict"]
    done = node(INSPECTOR, "--cli", f"{hub.url}/mcp{profile}", *asked)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["tools"]) == (2 if profile else 8)
