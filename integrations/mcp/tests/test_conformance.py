"""The conformance tool against a real hub, of which all passes that needs no fixture of the tool's;
and against the hub's layer with these fixtures."""

import subprocess
from pathlib import Path

import pytest

from integrations.mcp.tests.fixtures.host import fixtures
from testing.clients.foreign import CONFORMANCE

DRILL = Path(__file__).with_name("drill")
OPTIONS = {"0.1.16": (), "0.2.0-alpha.12": ("--requirements", "2026-07-28")}

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def door(real_hub, node):
    """The address of the door for who sends no token, as the tool does not."""
    command = [node.program, DRILL / "lets_in.mjs", real_hub.url, real_hub.secret]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as letting_in:
        yield f"http://127.0.0.1:{int(letting_in.stdout.readline())}/mcp"
        letting_in.terminate()


def judged(node, version, address, expected):
    """What the tool says of a server, but for the failures that the file lists."""
    done = node.run(
        f"node_modules/conformance-{version}/dist/index.js",
        *("server", "--url", address, "--expected-failures", DRILL / expected, *OPTIONS[version]),
    )
    assert done.returncode == 0, done.stdout[done.stdout.find("SUMMARY") :]


@pytest.mark.parametrize("version", CONFORMANCE)
def test_the_hub_is_as_the_tool_expects_but_for_what_is_listed(node, door, version):
    judged(node, version, door, f"conformance-{version}.yml")


@pytest.mark.parametrize("version", CONFORMANCE)
def test_the_layer_passes_with_what_the_tool_looks_for(node, version):
    with fixtures() as address:
        judged(node, version, address, f"fixtures-{version}.yml")
