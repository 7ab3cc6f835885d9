"""If-Match and If-None-Match of a single memory (RFC 9110 §13.1)."""

import re

from rest_framework.request import Request

from memory_hub.core.errors import BadInput

# A tag is "<revision>" or "<revision>-<anything>": a client may build it from the revision it
# read.
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e]*)"\s*', re.ASCII)
_REVISION = re.compile(r"([1-9][0-9]{0,18})(?:-.*)?", re.ASCII)


def expected_revisions(request: Request) -> set[int] | None:
    """The revisions If-Match accepts; None without one or for ``*``. Raises BadInput."""
    tags = expected_tags(request)
    if tags is None:
        return None
    # A foreign tag matches nothing, nor does a weak one: 412, as the RFC says.
    return {int(found[1]) for tag in tags if (found := _REVISION.fullmatch(tag))}


def expected_tags(request: Request) -> list[str] | None:
    """The tags of If-Match that can match: a weak one never does. None without one or for ``*``.

    Raises BadInput.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    return [tag for weak, tag in _tags(header, "If-Match") if not weak]


def must_be_new(request: Request) -> bool:
    """Whether a write is for what is not there yet (``If-None-Match: *``). Raises BadInput for
    anything else in that header."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    if header is None:
        return False
    if header.strip() != "*":
        raise BadInput("A write takes If-None-Match: * alone.")
    return True


def must_be_there(request: Request) -> bool:
    """Whether a write is for what is there already: it has any If-Match."""
    return "HTTP_IF_MATCH" in request.META


def is_unmodified(request: Request, etag: str) -> bool:
    """True when If-None-Match names the present representation: the answer is 304."""
    return names_present(request.META.get("HTTP_IF_NONE_MATCH"), etag)


def names_present(header: str | None, etag: str) -> bool:
    """The same, for the value of the header. Raises BadInput."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    # Compared weakly: what is meant is the same text, not the same bytes.
    named = {tag.removesuffix("-gzip") for _, tag in _tags(header, "If-None-Match")}
    return etag.strip('"') in named


def _tags(header: str, name: str) -> list[tuple[str | None, str]]:
    tags = [_TAG.fullmatch(part) for part in header.split(",")]
    if not all(tags):
        raise BadInput(f'{name} takes what an answer had as ETag, in its quotes: "3-15782daf".')
    return [(tag[1], tag[2]) for tag in tags if tag]
