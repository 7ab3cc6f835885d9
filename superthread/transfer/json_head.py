"""Front matter that is a JSON object at the head of a note, as some static-site tools write it."""

import re
from typing import Any

from superthread.models import Scope
from superthread.transfer.blocks import PLACING, BadFrontMatter, json_decoder, meant

# Two braces and a brace with a percent sign begin templates.
_OPENING = re.compile(r"(?:[ \t\ufeff]*[\r\n])*\ufeff*(?=\{[\s\"}])")
_END = re.compile(r"[ \t]*(?:\r\n|\r|\n|\Z)")
_ABOUT_PLACE = re.compile(r"[\"'](?:scope|team[-_ ]?key|category)[\"']\s*:", re.IGNORECASE)
_CLOSING = re.compile(r"^\}", re.MULTILINE)


def split(text: str) -> tuple[dict[str, Any], str] | None:
    """The object and the text behind it; None where the text is one as it stands.

    Behind the object there has to be a text, and not the next object: one alone, and one a line,
    are data. One that says a scope is front matter even alone. Raises BadFrontMatter where the
    object is broken, or one of several, and about the place.
    """
    opened = _OPENING.match(text)
    if not opened:
        return None
    try:
        value, end = json_decoder().raw_decode(text, opened.end())
    except (ValueError, RecursionError) as error:
        closed = _CLOSING.search(text, opened.end())
        if _ABOUT_PLACE.search(text[: closed.start() if closed else len(text)]):
            why = "The object at the head is about the place and is not plain JSON."
            raise BadFrontMatter(why) from error
        return None
    ended = _END.match(text, end)
    behind = text[end:].lstrip()
    placed = {meant(key): item for key, item in value.items() if meant(key) in PLACING}
    if ended is None or behind.startswith(("{", "[")):
        if placed.get("scope") in Scope.labels:
            raise BadFrontMatter("Of several objects at the head one says a scope.")
        return None
    if not behind and not placed.keys() & {"scope", "team_key"}:
        return None
    return value, text[ended.end() :]
