"""The tokens that people's clients were given: renewing one, and ending all.

One row is one client's access, however often its text changes: what the client did stays one
token's, and revoking the row ends it. Whether the client may renew it, its door decides.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from memory_hub.accounts.events import TokenChanged, TokenKind, telling
from memory_hub.accounts.models import Token
from memory_hub.accounts.scopes import delegable_scopes
from memory_hub.accounts.secrets import DELEGATED, PREFIX_LENGTH, digest, new_secret
from memory_hub.core.errors import NotAuthenticated
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


@transaction.atomic
@telling()
def renew(token_id: int, *, scopes: Iterable[str], expires_at: datetime, by: Identity) -> str:
    """Another text for the token, with those of the scopes that may be delegated. The text before
    is good no more.

    Raises NotAuthenticated where the token was revoked, or its user shut out.
    """
    living = Token.objects.select_for_update(of=("self",)).exclude(client=None)
    token = living.filter(pk=token_id, revoked_at=None, user__is_active=True).first()
    if token is None:
        raise NotAuthenticated("The token is unknown, expired or revoked.")
    wanted, secret = set(scopes), new_secret(DELEGATED)
    token.digest, token.prefix = digest(secret), secret[:PREFIX_LENGTH]
    token.scopes = [scope for scope in delegable_scopes() if scope in wanted]
    token.expires_at = expires_at
    token.save(update_fields=["digest", "prefix", "scopes", "expires_at"])
    tell(TokenChanged(by.actor, by.origin, TokenKind.RENEWED, token.pk, token.user_id))
    return secret
