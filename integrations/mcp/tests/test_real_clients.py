"""PyPI's client, unmodified, against a real hub."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

DRILL = Path(__file__).with_name("drill")
PYTHON_SDK = "mcp==2.3.0"
EMAIL, PASSWORD = "sora@example.com", "a long pass phrase 1"
ACCOUNT = f"""
from memory_hub.accounts.models import User

User.objects.create_user({EMAIL!r}, {PASSWORD!r})
"""

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def hub(nursery, tmp_path_factory):
    with nursery.hub(tmp_path_factory.mktemp("hub")) as made:
        yield made


@pytest.fixture(scope="module")
def python_sdk(tmp_path_factory):
    """A Python that has the library, and nothing of the hub's."""
    directory = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    python = directory / "bin" / "python"
    installed = subprocess.run([python, "-m", "pip", "install", "--quiet", PYTHON_SDK])
    if installed.returncode:
        pytest.skip(f"pip could not install {PYTHON_SDK}: without a network?")
    return python


@pytest.mark.parametrize(
    ("mode", "revision"),
    [("auto", "2026-07-28"), ("2026-07-28", "2026-07-28"), ("legacy", "2025-11-25")],
)
def test_the_python_sdk_saves_finds_and_reads(hub, python_sdk, mode, revision):
    asked = [python_sdk, DRILL / "python_sdk.py", f"{hub.url}/mcp", hub.token("mina@example.com")]
    done = subprocess.run([*asked, mode], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert len(seen.pop("tools")) == 8
    # One that is told the revision asks nobody what is there.
    met = mode != revision
    assert seen == {
        "revision": revision,
        "server": "memory-hub" if met else None,
        "instructed": met,
        "found": True,
        "read": True,
        "error": [True, True],
        "unknown": True,
        "resource": [True, True],
        "prompt": True,
        **({"told": True} if revision == "2026-07-28" else {}),
    }


def test_the_python_sdk_is_let_in_and_asks_for_more_when_a_tool_needs_it(hub, python_sdk):
    hub.manage("shell", "--verbosity", "0", "-c", ACCOUNT)
    asked = [python_sdk, DRILL / "python_oauth.py", hub.url, EMAIL, PASSWORD]
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
