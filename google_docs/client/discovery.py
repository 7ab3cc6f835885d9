"""The revisions of the discovery documents that the client library brings along."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

DOCUMENTS = {"drive": "drive.v3.json", "docs": "docs.v1.json"}


@cache
def revisions() -> dict[str, str]:
    """API → revision, read from the files: importing the library would cost 30 MB."""
    spec = find_spec("googleapiclient")
    if spec is None or not spec.submodule_search_locations:
        return {}
    folder = Path(spec.submodule_search_locations[0]) / "discovery_cache" / "documents"
    found = {}
    for api, name in DOCUMENTS.items():
        # Searched for, not parsed: one of them is half a megabyte of JSON.
        match = re.search(r'^\s*"revision": "(\d{8})"', (folder / name).read_text(), re.MULTILINE)
        found[api] = match[1] if match else "unknown"
    return found
