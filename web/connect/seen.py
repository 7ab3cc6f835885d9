"""Whether a client has been here: as a client that was let in, by a token named after it, or by
what it has written through its own door."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from integrations.oauth.models import ConnectedClient
from integrations.oauth.reads import living
from memory_hub.accounts.models import Token
from memory_hub.journal.models import Entry
from web.connect.clients import CLIENTS
from web.connect.snippets import Client

# Tokens and connections that are looked at, the newest.
MOST = 200
# Doors that one client alone comes in by.
OWN_DOORS = ("/mem0", "/langgraph", "/git")


class Seen(NamedTuple):
    """``at`` None: it was let in, or has a token, and has not come yet."""

    at: datetime | None
    how: str  # "client", "token", "door"
    name: str


def seen_by(user_id: int, clients: Iterable[Client]) -> dict[str, Seen]:
    """By the key of each client: when it was here last, and as what."""
    found: dict[str, list[Seen]] = {}
    connected = living(user_id).select_related("client", "token")[:MOST]
    for one in connected:
        if client := _known(one):
            seen = Seen(one.token.last_used_at, "client", one.client.name)
            found.setdefault(client.key, []).append(seen)
    mine = Token.objects.filter(user=user_id, client=None, revoked_at=None).order_by("-pk")[:MOST]
    for token in mine:
        if client := _named(token.name):
            seen = Seen(token.last_used_at, "token", token.name)
            found.setdefault(client.key, []).append(seen)
    for client in clients:
        if client.door in OWN_DOORS and (moment := _at_door(user_id, client.door[1:])):
            found.setdefault(client.key, []).append(Seen(moment, "door", client.title))
    return {key: max(several, key=_moment) for key, several in found.items()}


def _moment(seen: Seen) -> float:
    return seen.at.timestamp() if seen.at else 0.0


def _known(connection: ConnectedClient) -> Client | None:
    """Whose client it is: by the host that it comes back to, else by what it calls itself."""
    hosts = {urlsplit(uri).hostname or "" for uri in connection.client.redirect_uris}
    for client in CLIENTS:
        if any(_is_below(host, known) for host in hosts for known in client.hosts):
            return client
    return _named(connection.client.name)


def _is_below(host: str, known: str) -> bool:
    return host == known or host.endswith(f".{known}")


def _named(name: str) -> Client | None:
    """The client with the longest of its words in the name: Claude Code is not Claude."""
    text = name.casefold()
    fitting = [(len(word), one) for one in CLIENTS for word in one.names if word in text]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _at_door(user_id: int, via: str) -> datetime | None:
    """When the user last changed something through this door."""
    mine = Entry.objects.filter(actor_id=user_id, via=via).order_by("-position")
    return mine.values_list("at", flat=True).first()
