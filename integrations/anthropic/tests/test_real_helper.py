"""Anthropic's helper, unmodified, beside a real hub."""

import json
import subprocess
from pathlib import Path

import pytest

from testing.clients.foreign import from_pypi

DRILL = Path(__file__).with_name("drill")
PYTHON_SDK = "anthropic==2.10.0"

pytestmark = pytest.mark.drill


def test_the_hub_answers_word_for_word_as_the_helper_does(shared_hub, tmp_path):
    python = from_pypi(tmp_path / "python", PYTHON_SDK) / "python"
    asked = [
        python,
        DRILL / "beside.py",
        f"{shared_hub.url}/memory-tool",
        shared_hub.token("helper@example.com"),
    ]
    done = subprocess.run([*asked, tmp_path / "files"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["asked"] > 40
    assert seen["unlike"] == []
