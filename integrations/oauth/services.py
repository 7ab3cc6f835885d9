"""Everything that is written when people let clients in; each verb owns its transaction, or says
that its caller has one."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.oauth.models import Client, Code, ConnectedClient
from memory_hub.accounts import services
from memory_hub.accounts.models import Token, User
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.secrets import digest, is_well_formed, new_secret
from memory_hub.accounts.services import delegation
from memory_hub.core.errors import NotFound
from memory_hub.core.identity import Identity, Origin

RENEWAL = "mhr"
_NAME = re.compile(r"[0-9a-f]{32}")
CODE_LIVES = timedelta(minutes=1)
TOKEN_LIVES = timedelta(hours=1)
# A connection ends so long after it was last renewed, and so long after it was allowed.
IDLE, LONGEST = timedelta(days=30), timedelta(days=365)


class Issued(NamedTuple):
    """What a client is told once: the token, and what renews it."""

    access: str
    renewal: str


def keep_code(
    code: str,
    *,
    client: Client,
    user_id: int,
    redirect_uri: str,
    challenge: str,
    scopes: list[str],
    resource: str,
    restriction: Restriction,
) -> None:
    """Keeps what a person allowed until the client comes with the code."""
    Code.objects.create(
        digest=digest(code),
        client=client,
        user_id=user_id,
        redirect_uri=redirect_uri,
        challenge=challenge,
        scopes=scopes,
        resource=resource,
        restriction=restriction.as_columns(),
        expires_at=timezone.now() + CODE_LIVES,
    )


def code_of(text: str, client: Client, origin: Origin) -> Code | None:
    """The code, locked, if the client may exchange it now. One that was exchanged before is in two
    hands: what it was exchanged for is taken away. The caller has a transaction."""
    # Alone: what is joined to a row that was waited for is as it was before the wait.
    code = Code.objects.select_for_update().filter(digest=digest(text), client=client).first()
    if code is None:
        return None
    if code.connection is not None:
        end([code.connection.token_id], by=_person(code.user, origin))
        return None
    valid = code.expires_at > timezone.now() and code.user.is_active
    return code if valid else None


def connect(code: Code, origin: Origin) -> Issued:
    """Exchanges a code of ``code_of`` for a token. The caller has its transaction."""
    name, now = uuid4().hex, timezone.now()
    renewal = _renewal(name)
    token, access = services.create_token(
        user_id=code.user_id,
        name=_shown(code.client),
        scopes=code.scopes,
        expires_at=now + TOKEN_LIVES,
        restriction=Restriction.of_columns(code.restriction),
        client=code.client.client_id,
        resource=code.resource,
        by=_person(code.user, origin),
    )
    code.connection = ConnectedClient.objects.create(
        client=code.client,
        token=token,
        scopes=token.scopes,
        renewal_name=name,
        renewal_digest=digest(renewal),
        created_at=now,
        ends_at=now + IDLE,
    )
    code.save(update_fields=["connection"])
    return Issued(access, renewal)


def connection_of(renewal: str, client: Client, origin: Origin) -> ConnectedClient | None:
    """The connection, locked, that the client may renew with this. Something that renewed it
    before is in two hands: the connection ends. The caller has a transaction."""
    secret, _, name = renewal.partition(".")
    if not is_well_formed(secret, (RENEWAL,)) or not _NAME.fullmatch(name):
        return None
    kept = ConnectedClient.objects.select_for_update()  # alone, as a code
    connection = kept.filter(renewal_name=name, client=client).first()
    if connection is None:
        return None
    token = connection.token
    if connection.renewal_digest != digest(renewal):
        end([token.pk], by=_person(token.user, origin))
        return None
    living = token.revoked_at is None and token.user.is_active
    return connection if living and connection.ends_at > timezone.now() else None


def renew(connection: ConnectedClient, scopes: Iterable[str], origin: Origin) -> Issued:
    """Another token, and something else to renew it with; what was before is good no more. The
    caller has a transaction, and the connection from ``connection_of`` in it."""
    now, last = timezone.now(), connection.created_at + LONGEST
    by = _person(connection.token.user, origin, connection.token)
    access = delegation.renew(
        connection.token_id, scopes=scopes, expires_at=min(now + TOKEN_LIVES, last), by=by
    )
    renewal = _renewal(connection.renewal_name)
    connection.renewal_digest = digest(renewal)
    connection.ends_at = min(now + IDLE, last)
    connection.save(update_fields=["renewal_digest", "ends_at"])
    return Issued(access, renewal)


def revoke(text: str, client: Client, origin: Origin) -> None:
    """Ends the connection of a token or of what renews one, if it is the client's. The caller has a
    transaction."""
    token = Token.objects.filter(digest=digest(text), connection__client=client)
    held = token.select_related("user").first()
    if held is None:
        connection = connection_of(text, client, origin)
        held = connection.token if connection else None
    if held is not None:
        end([held.pk], by=_person(held.user, origin, held))


@transaction.atomic
def disconnect(connection_id: int, *, by: Principal) -> None:
    """Ends one of the caller's own connections, from the next request on. Raises NotFound."""
    mine = ConnectedClient.objects.filter(pk=connection_id, token__user_id=by.user_id)
    if not end(mine.values_list("token_id", flat=True), by=by):
        raise NotFound(_("You have no such client."))


def end_all(user_ids: list[int], *, by: Identity) -> int:
    """Ends all connections of these people, and what they have just allowed; how many connections.
    The caller has a transaction."""
    Code.objects.filter(user__in=user_ids, connection=None).delete()
    held = ConnectedClient.objects.filter(token__user__in=user_ids, token__revoked_at=None)
    return end(list(held.values_list("token_id", flat=True)), by=by)


def end(token_ids: Iterable[int], *, by: Identity) -> int:
    """Ends the connections of these tokens; how many had not ended. The caller has a
    transaction."""
    return services.revoke_all(token_ids, by=by)


def _renewal(name: str) -> str:
    return f"{new_secret(RENEWAL)}.{name}"


def _shown(client: Client) -> str:
    return (client.name or client.client_id)[:64]


def _person(user: User, origin: Origin, token: Token | None = None) -> Principal:
    """Whoever let the client in: that is what it acts as."""
    person = principal_of(user, "session", origin)
    return person if token is None else replace(person, token_id=token.pk)
