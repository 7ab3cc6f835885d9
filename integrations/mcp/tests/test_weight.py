"""What the door costs where nobody comes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ALL_IS_LOADED = """
import sys
import memory_hub.asgi
from memory_hub.http.application import settle

settle()
parts = ("endpoint", "offered", "protocol", "tools", "resources", "prompts", "listening")
print([part for part in parts if f"integrations.mcp.{part}" in sys.modules])
"""


def test_a_start_imports_nothing_of_the_door(tmp_path):
    environment = os.environ | {
        "HUB_ENVIRONMENT": "test",
        "HUB_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "memory_hub.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", ALL_IS_LOADED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["[]"]
