"""Entity tags of memories in Google Docs: the revision of the text, and a checksum of the rest."""

import re
import zlib
from typing import Any

import orjson
from rest_framework.request import Request

from memory_hub.errors import BadInput

# "<revision>" or "<revision>.<checksum>": a client may build one from the revision it read.
_TAG = re.compile(r'\s*(?:W/)?"([\x21\x23-\x7e]*)"\s*', re.ASCII)


_OF_ONE_ANSWER = {
    "content", "revision", "lost", "plain", "notice", "metadata_pending", "source",
}  # fmt: skip


def etag(memory: dict[str, Any]) -> str | None:
    """A strong tag; None where Google told no revision."""
    if not memory["revision"]:
        return None
    rest = {name: memory[name] for name in memory if name not in _OF_ONE_ANSWER}
    checksum = zlib.crc32(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS))
    return f'"{memory["revision"]}.{checksum:08x}"'


def expected_revisions(request: Request) -> set[str] | None:
    """The revisions that If-Match accepts; None without one or for `*`. Raises BadInput."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    tags = [_TAG.fullmatch(part) for part in header.split(",")]
    if not all(tags):
        raise BadInput('If-Match takes what an answer had as ETag, in its quotes: "…".')
    # Google does not say which characters a revision has: it may hold a point itself.
    named = {tag[1] for tag in tags if tag}
    return named | {tag.rpartition(".")[0] for tag in named}
