"""``memory://…``: addresses of memories and of places, as resources have them.

``memory://id/{id}`` is a memory by its id, ``memory://personal/{path}``, ``memory://team/{team_key}/
{path}`` and ``memory://public/{path}`` by its path, and without a path the place itself. Names are
percent-encoded, all but letters, digits, dot, dash, underscore and tilde: libraries disagree about
the rest. The scheme and the first word are read whatever their case.
"""

from typing import NamedTuple
from urllib.parse import quote, unquote

SCHEME = "memory://"
_PLACES = ("personal", "team", "public")


class Address(NamedTuple):
    """A memory by its ``id``, or by its ``path`` in a place; with neither, the place."""

    id: str = ""
    scope: str = ""
    team_key: str = ""
    path: str = ""

    def __str__(self) -> str:
        if self.id:
            return f"{SCHEME}id/{self.id}"
        parts = [self.scope, *([self.team_key] if self.team_key else [])]
        parts += self.path.split("/") if self.path else []
        return SCHEME + "/".join(quote(part, safe="") for part in parts)


def address_of(text: str) -> Address | None:
    """The address that a text is; None for what is none."""
    if text[: len(SCHEME)].lower() != SCHEME:
        return None
    try:
        parts = [unquote(part, errors="strict") for part in text[len(SCHEME) :].split("/")]
    except UnicodeDecodeError:
        return None
    word, rest = parts[0].lower(), parts[1:]
    if word == "id":
        return Address(id=rest[0]) if len(rest) == 1 and rest[0] else None
    if word not in _PLACES:
        return None
    team_key = rest.pop(0) if word == "team" and rest else ""
    if word == "team" and not team_key:
        return None
    return Address(scope=word, team_key=team_key, path="/".join(rest).removesuffix("/"))
