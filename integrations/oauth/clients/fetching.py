"""Reading a document from an address that a stranger named (`memory_hub/http/outgoing.py`): bounded
in time, in bytes, and in how many at once."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult

import orjson

from memory_hub.core.budget import Budget
from memory_hub.http import outgoing

SECONDS, MOST_BYTES, AT_ONCE = 5.0, 16 * 1024, 3
LONGEST_FRESH, SHORTEST_FRESH = 86_400, 300  # seconds
fetches = Budget("documents of clients", AT_ONCE)


class Unreadable(Exception):
    """There is no document to be had there. The reason is for the log, and in general words."""


class Document(NamedTuple):
    """What it says, and for how many seconds it may be kept."""

    says: dict[str, Any]
    fresh_for: int


def fetch(url: SplitResult) -> Document:
    """The JSON object at an https address. Raises Unreadable; Spent when too many are read."""
    asking = {"Accept": "application/json"}
    with fetches.holding(1):
        try:
            answer = outgoing.send("GET", url, seconds=SECONDS, headers=asking, most=MOST_BYTES)
        except outgoing.Unreachable as error:
            raise Unreadable(str(error)) from None
    return Document(_said(answer), _fresh_for(answer.headers))


def _said(answer: outgoing.Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise Unreadable(f"The host answered {answer.status}.")
    if len(answer.body) > MOST_BYTES:
        raise Unreadable("The document is too long.")
    try:
        says = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise Unreadable("The document is no JSON.") from None
    if not isinstance(says, dict):
        raise Unreadable("The document is no JSON object.")
    return says


def _fresh_for(headers: Mapping[str, str]) -> int:
    """Seconds for which the document need not be read again, within our bounds."""
    said = [part.strip().lower() for part in headers.get("Cache-Control", "").split(",")]
    if "no-store" in said or "no-cache" in said:
        return SHORTEST_FRESH
    ages = [part.removeprefix("max-age=") for part in said if part.startswith("max-age=")]
    given = [int(age) for age in ages if age.isdecimal() and len(age) < 10]
    return max(SHORTEST_FRESH, min(given[0] if given else LONGEST_FRESH, LONGEST_FRESH))
