"""The SDKs of PyPI and npm, unmodified, against a real hub."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from testing.clients.foreign import from_npm, from_pypi

DRILL = Path(__file__).with_name("drill")
PYTHON_SDK = "langgraph-sdk==0.4.14"
NODE_SDK = "@langchain/langgraph-sdk@2.0.0"
ANN = ["memories", "Ann"]
VALUE = {"text": "likes green tea", "n": 1}

pytestmark = pytest.mark.drill


def test_the_python_sdk_makes_its_five_calls(shared_hub, tmp_path):
    python = from_pypi(tmp_path / "python", PYTHON_SDK) / "python"
    asked = [
        python,
        DRILL / "python_sdk.py",
        f"{shared_hub.url}/langgraph/",
        shared_hub.token("ann@example.com"),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    *both, nobody = json.loads(done.stdout)
    assert nobody == ["AuthenticationError", 401]
    for seen in both:
        assert seen == {
            **dict.fromkeys(("put", "options", "unindexed", "namespace", "missing")),
            "item": [ANN, "k/1 é", VALUE],
            "dates": True,
            "found": [["k/1 é", True]],
            "filtered": ["k3", "k2"],
            "namespaces": [ANN, [*ANN, "k2"]],
            "suffix": [[*ANN, "k2"]],
            "left": [],
            "refused": ["BadRequestError", 400],
        }


def test_the_node_sdk_makes_its_five_calls(shared_hub, tmp_path):
    from_npm(tmp_path, NODE_SDK)
    shutil.copy(DRILL / "node_sdk.mjs", tmp_path)
    asked = ["node", tmp_path / "node_sdk.mjs", f"{shared_hub.url}/langgraph"]
    done = subprocess.run(
        [*asked, shared_hub.token("bob@example.com")], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "put": None,
        "item": [ANN, "k/1 é", VALUE],
        "dates": True,
        "missing": None,
        "found": [["k/1 é", True]],
        "filtered": ["k3", "k2"],
        "namespaces": [ANN],
        "left": [],
        "refused": "400",
    }
