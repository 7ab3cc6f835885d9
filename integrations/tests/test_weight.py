"""What the doors cost where nobody comes."""

from pathlib import Path

from testing.servers.programs import printed

ROOT = Path(__file__).resolve().parents[2]
# Modules of each door that are read at its first request.
LATE = {
    "mcp": "endpoint offered protocol tools resources prompts listening",
    "anthropic": "views commands files showing serializers",
    "langgraph": "views serializers items finding documents",
}
ALL_IS_LOADED = """
import sys
import memory_hub.asgi
from memory_hub.http.application import settle

settle()
print([one for one in sys.argv[1:] if f"integrations.{one}" in sys.modules])
"""


def test_a_start_imports_nothing_of_the_doors(tmp_path):
    late = [f"{door}.{part}" for door, parts in LATE.items() for part in parts.split()]
    assert printed(ALL_IS_LOADED, tmp_path, *late) == ["[]"]
