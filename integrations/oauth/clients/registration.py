"""Clients that register (RFC 7591). Anybody may, so it is worth nothing until a person says yes."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings

from integrations.oauth.clients.described import GRANTS, METHODS, BadDescription, described
from integrations.oauth.models import Client, Source
from memory_hub.accounts.scopes import delegable_scopes
from memory_hub.accounts.secrets import digest, new_secret
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.limiter import Limiter, Payer, limiter_of, require

SECRET = "mhs"  # noqa: S105 - the kind of such a text
# A client that nobody has let in by then is forgotten.
UNUSED_FOR = timedelta(days=1)


@lru_cache(maxsize=1)
def per_address() -> Limiter | None:
    """The limit of registrations from one address; None when the operator turned it off."""
    return limiter_of(settings.HUB_OAUTH_REGISTRATIONS)


def register(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Keeps a client and returns what it is told of itself, with its secret where it has one.

    Raises BadDescription; RateLimited where its address has registered too many.
    """
    told, method = described(metadata), _method(metadata)
    require(per_address(), Payer(f"register/{bill.address()}"))
    secret = "" if method == "none" else new_secret(SECRET)
    client = Client.objects.create(
        client_id=secrets.token_urlsafe(24),
        source=Source.REGISTERED,
        name=told.name,
        redirect_uris=told.redirect_uris,
        secret_digest=digest(secret) if secret else "",
    )
    return _answer(client, method, metadata) | (
        {"client_secret": secret, "client_secret_expires_at": 0} if secret else {}
    )


def _method(metadata: Mapping[str, Any]) -> str:
    """How the client shows who it is. The standard's default is a secret; programs on people's own
    machines, which cannot keep one, may leave it out."""
    native = metadata.get("application_type") == "native"
    method = metadata.get("token_endpoint_auth_method") or ("none" if native else METHODS[2])
    if method not in METHODS:
        raise BadDescription(f"token_endpoint_auth_method must be one of {', '.join(METHODS)}.")
    return method


def _answer(client: Client, method: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    answer = {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "grant_types": list(GRANTS),
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
    }
    asked = metadata.get("scope")
    if isinstance(asked, str):
        answer["scope"] = " ".join(one for one in delegable_scopes() if one in asked.split())
    return answer
