"""What the authorization server costs where no client asks it anything."""

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
print([name for name in sys.modules if name.partition(".")[0] in ("oauthlib", "jwcrypto")])
print("integrations.oauth.views.tokens" in sys.modules)
"""


def test_a_start_imports_nothing_of_the_protocol(tmp_path):
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
    assert done.stdout.splitlines() == ["[]", "True"]
