"""What a client says of itself (RFC 7591 §2), as far as it matters here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.oauth.clients.redirects import problem_of
from integrations.oauth.models import NAME_LENGTH

MOST_REDIRECTS = 20
METHODS = ("none", "client_secret_post", "client_secret_basic")
GRANTS = ("authorization_code", "refresh_token")


class BadDescription(Exception):
    """The client cannot be taken as it describes itself. ``code`` is RFC 7591's."""

    def __init__(self, detail: str, code: str = "invalid_client_metadata") -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Described:
    """A client's name, and where browsers may be sent back to."""

    name: str
    redirect_uris: list[str]


def described(metadata: Mapping[str, Any]) -> Described:
    """What the metadata say; what is not for this server is left out of it. Raises
    BadDescription."""
    grants = _words(metadata, "grant_types", GRANTS[:1])
    if "authorization_code" not in grants:
        raise BadDescription("grant_types must have authorization_code.")
    if "code" not in _words(metadata, "response_types", ("code",)):
        raise BadDescription("response_types must have code.")
    uris = _words(metadata, "redirect_uris", ())
    if not 0 < len(uris) <= MOST_REDIRECTS:
        detail = f"redirect_uris must be a list of 1 to {MOST_REDIRECTS} addresses."
        raise BadDescription(detail, "invalid_redirect_uri")
    for number, uri in enumerate(uris):
        if problem := problem_of(uri):
            raise BadDescription(f"redirect_uris[{number}] {problem}.", "invalid_redirect_uri")
    return Described(_name(metadata.get("client_name")), list(dict.fromkeys(uris)))


def _words(metadata: Mapping[str, Any], key: str, default: tuple[str, ...]) -> list[str]:
    found = metadata.get(key)
    found = list(default) if found is None else found
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadDescription(f"{key} must be a list of texts.")
    return found


def _name(given: Any) -> str:
    """One line of what can be shown."""
    text = given if isinstance(given, str) else ""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:NAME_LENGTH]
