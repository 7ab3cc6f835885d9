"""PyPI's client, unmodified, against a real hub."""

import json
import subprocess
from pathlib import Path

import pytest

from integrations.mcp.tests.conftest import EMAIL, PASSWORD

DRILL = Path(__file__).with_name("drill")
MODES = {"auto": "2026-07-28", "2026-07-28": "2026-07-28", "legacy": "2025-11-25"}

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def seen(real_hub, python_sdk):
    """What the client saw, by its mode."""
    asked = [python_sdk, DRILL / "python_sdk.py", f"{real_hub.url}/mcp", real_hub.secret]
    done = subprocess.run([*asked, *MODES], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("mode", "revision"), MODES.items())
def test_the_python_sdk_saves_finds_and_reads(seen, mode, revision):
    # One that is told the revision asks nobody what is there.
    met = mode != revision
    assert seen[mode] == {
        "revision": revision,
        "server": "memory-hub" if met else None,
        "instructed": met,
        "tools": 8,
        "found": True,
        "read": True,
        "error": [True, True],
        "unknown": True,
        "resource": [True, True],
        "prompt": True,
        **({"told": True} if revision == "2026-07-28" else {}),
    }


def test_the_python_sdk_is_let_in_and_asks_for_more_when_a_tool_needs_it(real_hub, python_sdk):
    asked = [python_sdk, DRILL / "python_oauth.py", real_hub.url, EMAIL, PASSWORD]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    start = "memories:read memories:write"
    seen = json.loads(done.stdout)
    assert set(seen.pop("more").split()) == {*start.split(), "memories:publish"}
    assert seen == {
        "revision": "2026-07-28",
        "scope": start,
        "tools": 8,
        "saved": [False, "public"],
        "new": ["memories:publish"],
        "shared": [False, ["memories:share"]],
        # The client was let in to the door alone.
        "elsewhere": 401,
    }
