"""Making and revoking tokens."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from memory_hub.accounts import restricted
from memory_hub.accounts import scopes as scope_names
from memory_hub.accounts.events import TokenChanged, TokenKind, telling
from memory_hub.accounts.models import Token
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.secrets import DELEGATED, OWN, PREFIX_LENGTH, digest, new_secret
from memory_hub.core.errors import BadInput, NotAuthenticated, NotFound
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

DEFAULT_LIFETIME = timedelta(days=90)
# At most a year, leap years included.
MAX_LIFETIME = timedelta(days=366)


@transaction.atomic
@telling()
def create_token(
    *,
    user_id: int,
    name: str = "token",
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    restriction: Restriction | None = None,
    client: str | None = None,
    resource: str | None = None,
    by: Principal,
) -> tuple[Token, str]:
    """A new token and its text, which is told nowhere else.

    Where ``by`` is a user, the new one never has scopes its maker lacks, and ends with the token
    that made it at the latest; the operator's commands and the hub give whatever there is. Its
    ``restriction`` is that of its maker unless told, and never less; a read-only one loses the
    scopes to write. ``client`` is whom the user lets use it, who gets nothing but what may be
    delegated; ``resource`` the address that it is good for. Raises BadInput; NotAuthenticated where
    its maker was revoked meanwhile.
    """
    now = timezone.now()
    parent = _living(by.token_id) if by.token_id else None
    restriction = restricted.narrowed(restriction, parent)
    secret = new_secret(DELEGATED if client else OWN)
    token = Token.objects.create(
        user_id=user_id,
        name=name,
        digest=digest(secret),
        prefix=secret[:PREFIX_LENGTH],
        scopes=_given(set(scopes), by, restriction, delegated=bool(client)),
        made_by=parent,
        created_at=now,
        expires_at=_end(expires_at, now, parent),
        client=client,
        resource=resource,
        **restriction.as_columns(),
    )
    tell(TokenChanged(by.actor, by.origin, TokenKind.CREATED, token.pk, user_id))
    return token, secret


def _given(
    wanted: set[str], by: Principal, restriction: Restriction, *, delegated: bool
) -> list[str]:
    """The scopes that a new token has, in their order. Raises BadInput for none, and for what is
    not its maker's to give."""
    if restriction.read_only:
        wanted -= scope_names.writing_scopes()
    held = by.scopes if by.user_id else set(scope_names.every_scope())
    excess = wanted - (held & set(scope_names.delegable_scopes()) if delegated else held)
    if excess or not wanted:
        detail = f"Not yours to give: {', '.join(sorted(excess))}." if excess else "No scope given."
        raise BadInput.at("/scopes", "scope-not-held" if excess else "empty", detail)
    return [scope for scope in scope_names.every_scope() if scope in wanted]


def _living(token_id: int) -> Token:
    """The token, locked: whoever revokes it waits, and then finds what it has made."""
    token = Token.objects.select_for_update().filter(pk=token_id, revoked_at=None).first()
    if token is None:
        raise NotAuthenticated("The token is unknown, expired or revoked.")
    return token


def _end(wanted: datetime | None, now: datetime, parent: Token | None) -> datetime:
    """When a new token expires. Raises BadInput for more than a year, and for a time after the
    end of its maker."""
    if wanted is None:
        end = now + DEFAULT_LIFETIME
        return min(end, parent.expires_at) if parent else end
    if not now < wanted <= now + MAX_LIFETIME:
        raise BadInput.at("/expires_at", "out-of-range", "A token lives for at most one year.")
    if parent and wanted > parent.expires_at:
        detail = "A token does not outlive the one that made it: see expires_at of /accounts/me."
        raise BadInput.at("/expires_at", "after-its-maker", detail)
    return wanted


@transaction.atomic
@telling()
def revoke_token(*, token_id: int, user_id: int, by: Identity) -> None:
    """Effective on the next request, with all that it has made. Raises NotFound for a token that
    is not the user's, or not for ``by`` to see."""
    mine = restricted.tokens_of(user_id, by).filter(pk=token_id, revoked_at=None)
    if not revoke_all(mine.values_list("pk", flat=True), by=by):
        raise NotFound("You have no such token.")


@telling()
def revoke_all(ids: Iterable[int], *, by: Identity) -> int:
    """Revokes tokens, those they have made, and so on; returns how many were still valid. The
    caller has a transaction."""
    done, level = 0, list(ids)
    while level:
        # Locked: this waits for a token that is just making another one.
        valid = Token.objects.select_for_update().filter(pk__in=level, revoked_at=None)
        held = list(valid.order_by("pk").values_list("pk", "user_id"))
        Token.objects.filter(pk__in=[pk for pk, _ in held]).update(revoked_at=timezone.now())
        tell(*(TokenChanged(by.actor, by.origin, TokenKind.REVOKED, *token) for token in held))
        done += len(held)
        level = list(Token.objects.filter(made_by__in=level).values_list("pk", flat=True))
    return done
