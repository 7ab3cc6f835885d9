"""Entity tags of memories in Google Docs: the revision of the text, and a checksum of the rest."""

import zlib
from typing import Any

import orjson
from rest_framework.request import Request

from memory_hub.api.preconditions import expected_tags

_OF_ONE_ANSWER = {
    "content", "revision", "lost", "plain", "notice", "metadata_pending", "source",
}  # fmt: skip


# "<revision>" or "<revision>.<checksum>": a client may build one from the revision it read.
def etag(memory: dict[str, Any]) -> str | None:
    """A strong tag; None where Google told no revision."""
    if not memory["revision"]:
        return None
    rest = {name: memory[name] for name in memory if name not in _OF_ONE_ANSWER}
    checksum = zlib.crc32(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS))
    return f'"{memory["revision"]}.{checksum:08x}"'


def expected_revisions(request: Request) -> set[str] | None:
    """The revisions that If-Match accepts; None without one or for `*`. Raises BadInput."""
    named = expected_tags(request)
    if named is None:
        return None
    # Google does not say which characters a revision has: it may hold a point itself.
    return {*named, *(tag.rpartition(".")[0] for tag in named)}
