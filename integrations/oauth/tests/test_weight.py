"""What the authorization server costs where no client asks it anything."""

from pathlib import Path

from testing.servers.programs import printed

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
    assert printed(ALL_IS_LOADED, tmp_path) == ["[]", "True"]
