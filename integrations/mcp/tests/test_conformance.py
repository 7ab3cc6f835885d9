"""The conformance tool against a real hub: all that needs no fixture of the tool's passes."""

import shutil
import subprocess
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("drill")
# The tool needs Node 22, which npm has as a package.
NODE = "node@22.23.3"
VERSIONS = {"0.1.16": (), "0.2.0-alpha.12": ("--requirements", "2026-07-28")}

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub"), HUB_RATE_LIMIT="off") as made:
        yield made


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A directory with both versions of the tool, and Node 22."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("The tool runs on Node.js, and there is no node or npm here.")
    directory = tmp_path_factory.mktemp("node")
    tools = [f"{one}@npm:@modelcontextprotocol/conformance@{one}" for one in VERSIONS]
    named = [f"conformance-{one}" for one in tools]
    installing = ["npm", "install", "--silent", "--prefix", directory, NODE, *named]
    if subprocess.run(installing).returncode:
        pytest.skip(f"npm could not install {NODE} and {', '.join(named)}: without a network?")
    return directory


@pytest.fixture
def door(hub, installed):
    """The address of the door for who sends no token, as the tool does not."""
    program = installed / "node_modules/node/bin/node"
    command = [program, DRILL / "lets_in.mjs", hub.url, hub.token("mina@example.com")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as letting_in:
        yield f"http://127.0.0.1:{int(letting_in.stdout.readline())}/mcp"
        letting_in.terminate()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_hub_is_as_the_tool_expects_but_for_what_is_listed(installed, door, version):
    tool = installed / f"node_modules/conformance-{version}/dist/index.js"
    expected = ["--expected-failures", DRILL / f"conformance-{version}.yml"]
    command = [installed / "node_modules/node/bin/node", tool, "server", "--url", door]
    done = subprocess.run(
        [*command, *expected, *VERSIONS[version]],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=installed,
    )
    assert done.returncode == 0, done.stdout[done.stdout.find("SUMMARY") :]
