"""The revisions of the discovery documents that the client library brings along."""

import json
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
    return {
        api: json.loads((folder / name).read_text())["revision"] for api, name in DOCUMENTS.items()
    }
