"""Clients whose id is the https address of a document about them (client id metadata documents,
draft-ietf-oauth-client-id-metadata-document). Nothing of them is kept that was not read there."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils import timezone

from integrations.oauth.clients.described import METHODS, BadDescription, Described, described
from integrations.oauth.clients.fetching import Unreadable, fetch
from integrations.oauth.models import ID_LENGTH, Client, Source

logger = logging.getLogger(__name__)


def is_address(client_id: str) -> bool:
    """Whether a client id is the address of a document rather than a name."""
    return client_id.lower().startswith("https:")


def client_of(client_id: str, known: Client | None) -> Client | None:
    """The client with this address, as its document says now; None where there is no document
    that could be taken. ``known`` is what is kept of it. Reads the document, where it must, outside
    of any transaction. Raises Spent.

    A document that cannot be read any more ends nothing: what is kept is good for a week more.
    """
    now = timezone.now()
    if known is not None and known.fresh_until > now:
        return known
    try:
        said = fetch(_address(client_id))
        told = _described(client_id, said.says)
    except Unreadable as error:
        logger.info("A client's document was not read: %s", error)
        return known if known and known.fresh_until > now - timedelta(days=7) else None
    except BadDescription as error:
        logger.info("A client's document was not taken: %s", error)
        return None
    client, _ = Client.objects.update_or_create(
        client_id=client_id,
        defaults={
            "source": Source.DOCUMENT,
            "name": told.name,
            "redirect_uris": told.redirect_uris,
            "fresh_until": timezone.now() + timedelta(seconds=said.fresh_for),
        },
    )
    return client


def _address(client_id: str) -> SplitResult:
    """Raises Unreadable for what is no address of a document (§3 of the draft)."""
    try:
        url = urlsplit(client_id)
        _ = url.port
    except ValueError:
        raise Unreadable("The client id is no address.") from None
    plain = client_id.isascii() and client_id.isprintable() and " " not in client_id
    steps = url.path.split("/")
    if (
        not plain
        or len(client_id) > ID_LENGTH
        or url.scheme != "https"
        or not url.hostname
        or not url.path.strip("/")
        or "@" in url.netloc
        or "#" in client_id
        or {".", ".."} & set(steps)
    ):
        raise Unreadable("The client id is no address of a document.")
    return url


def _described(client_id: str, says: Mapping[str, Any]) -> Described:
    """What the document says, if it is this client's and can do without a secret: it has no way to
    share one with us."""
    if says.get("client_id") != client_id:
        raise BadDescription("The document is not about its own address.")
    if "client_secret" in says:
        raise BadDescription("A document has no secrets.")
    methods = says.get("token_endpoint_auth_methods_supported")
    if isinstance(methods, list) and METHODS[0] in methods:
        return described(says)
    if says.get("token_endpoint_auth_method", METHODS[0]) != METHODS[0]:
        raise BadDescription("The client shows who it is in a way that is not known here.")
    return described(says)
