"""Every write to accounts, one verb each; each owns its transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from memory_hub.accounts import restricted
from memory_hub.accounts import scopes as scope_names
from memory_hub.accounts.addresses import note_address
from memory_hub.accounts.events import (
    AccountChanged,
    AccountKind,
    MembershipKind,
    TeamChanged,
    TeamKind,
    TokenChanged,
    TokenKind,
    telling,
)
from memory_hub.accounts.facts import facts_of, tell_of_place
from memory_hub.accounts.models import Membership, Team, TeamRole, Token, User, normal_email
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.secrets import DELEGATED, OWN, PREFIX_LENGTH, digest, new_secret
from memory_hub.core.errors import BadInput, Conflict, NotAuthenticated, NotFound, RoleTooLow
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell

DEFAULT_LIFETIME = timedelta(days=90)
MAX_LIFETIME = timedelta(days=366)  # at most a year, leap years included


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
    wanted = set(scopes)
    if restriction.read_only:
        wanted -= scope_names.writing_scopes()
    held = by.scopes if by.user_id else set(scope_names.every_scope())
    excess = wanted - (held & set(scope_names.delegable_scopes()) if client else held)
    if excess or not wanted:
        detail = f"Not yours to give: {', '.join(sorted(excess))}." if excess else "No scope given."
        raise BadInput.at("/scopes", "scope-not-held" if excess else "empty", detail)
    expires_at = _end(expires_at, now, parent)
    secret = new_secret(DELEGATED if client else OWN)
    token = Token.objects.create(
        user_id=user_id,
        name=name,
        digest=digest(secret),
        prefix=secret[:PREFIX_LENGTH],
        scopes=[scope for scope in scope_names.every_scope() if scope in wanted],
        made_by=parent,
        created_at=now,
        expires_at=expires_at,
        client=client,
        resource=resource,
        **restriction.as_columns(),
    )
    tell(TokenChanged(by.actor, by.origin, TokenKind.CREATED, token.pk, user_id))
    return token, secret


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


@transaction.atomic
@telling()
def ensure_user(email: str, *, by: Identity) -> User:
    """The user of the address, made without a password when there is none."""
    user, made = User.objects.get_or_create(
        email=normal_email(email), defaults={"password": _unusable_password()}
    )
    if made:
        note_address(user)
        tell(AccountChanged(by.actor, by.origin, AccountKind.CREATED, user.pk, user.email))
    return user


def _unusable_password() -> str:
    user = User()
    user.set_unusable_password()
    return user.password


@transaction.atomic
@telling()
def create_team(*, key: str, by: Principal, name: str = "", default_role: str = "viewer") -> Team:
    """A team whose admin is its maker. Raises Conflict where the key is taken, TokenRestricted for
    any restricted token."""
    restricted.require_unrestricted(by)
    try:
        with transaction.atomic():
            team = Team.objects.create(key=key, name=name, default_role=default_role)
    except IntegrityError as error:
        raise Conflict("A team with this key exists.") from error
    # While nobody has proven the maker's address, as given by who vouches for it: it counts.
    Membership.objects.create(
        team=team, email=by.email, role=TeamRole.ADMIN, accepted=True, invited_by=by.vouched_by
    )
    tell(TeamChanged(by.actor, by.origin, TeamKind.CREATED, facts_of(team)))
    return team


def _team_of(by: Principal, key: str, *, administer: bool) -> Team:
    """The locked team. Outsiders get NotFound, plain members RoleTooLow where admins are needed."""
    place = by.team(key)
    if place is None:
        raise NotFound("You are in no such team.")
    restricted.require_managing(by, place.team_id)
    if administer and place.role != TeamRole.ADMIN:
        raise RoleTooLow("Only admins of the team may do this.")
    # Locked, so that two admins leaving at once cannot both find another admin.
    team = Team.objects.select_for_update().filter(pk=place.team_id).first()
    if team is None:  # deleted since the caller's teams were read
        raise NotFound("You are in no such team.")
    return team


def check_administers(*, key: str, by: Principal) -> None:
    """Raises as the changing calls would; for telling 404 and 403 before 400."""
    place = by.team(key)
    if place is None:
        raise NotFound("You are in no such team.")
    restricted.require_managing(by, place.team_id)
    if place.role != TeamRole.ADMIN:
        raise RoleTooLow("Only admins of the team may do this.")


@transaction.atomic
@telling()
def change_team(*, key: str, by: Principal, **fields: str) -> Team:
    """Changes ``name`` and ``default_role``."""
    team = _team_of(by, key, administer=True)
    changed = [name for name, value in fields.items() if getattr(team, name) != value]
    for name in changed:
        setattr(team, name, fields[name])
    if changed:
        team.save(update_fields=changed)
        tell(TeamChanged(by.actor, by.origin, TeamKind.UPDATED, facts_of(team)))
    return team


@transaction.atomic
@telling()
def delete_team(*, key: str, by: Principal) -> None:
    """Raises Conflict while the team has memories, those in the trash included."""
    team = _team_of(by, key, administer=True)
    # Told first: what ends with it is still there to be looked at.
    tell(TeamChanged(by.actor, by.origin, TeamKind.DELETED, facts_of(team)))
    try:
        team.delete()
    except ProtectedError as error:
        raise Conflict("The team still has memories.") from error


@transaction.atomic
@telling()
def set_member(*, key: str, email: str, role: str, by: Principal) -> Membership:
    """Invites the address or changes its role. Raises Conflict where no admin would be left."""
    team = _team_of(by, key, administer=True)
    membership = _put(team, normal_email(email), by=by, role=role, invited_by=by.email)
    _require_admin(team)
    return membership


def _put(team: Team, email: str, *, by: Identity, role: str, **made: Any) -> Membership:
    """Gives the address this role in the team, with a place ``made`` so if it has none. Who is put
    in as accepted is no longer asked."""
    place, is_new = Membership.objects.get_or_create(
        team=team, email=email, defaults={"role": role, **made}
    )
    joins = is_new or (made.get("accepted", False) and not place.accepted)
    if not joins and place.role == role:
        return place
    before = None if is_new else place.role
    if not is_new:
        place.role, place.accepted = role, place.accepted or joins
        place.save(update_fields=["role", "accepted"])
    kind = MembershipKind.ROLE
    if joins:
        kind = MembershipKind.JOINED if place.accepted else MembershipKind.INVITED
    tell_of_place(kind, place, by=by, before=before, after=role)
    return place


@transaction.atomic
@telling()
def accept_invitation(*, key: str, by: Principal) -> Team:
    """From now on the team's memories are in the caller's lists. Accepting twice is no error."""
    team = _team_of(by, key, administer=False)
    invitation = Membership.objects.filter(team=team, email=by.email, accepted=False).first()
    if invitation is not None:
        invitation.accepted = True
        invitation.save(update_fields=["accepted"])
        role = invitation.role
        tell_of_place(MembershipKind.ACCEPTED, invitation, by=by, before=role, after=role)
    return team


@transaction.atomic
@telling()
def remove_member(*, key: str, email: str, by: Principal) -> None:
    """Admins remove anyone, members themselves; the last admin stays."""
    address = normal_email(email)
    team = _team_of(by, key, administer=address != by.email)
    place = Membership.objects.filter(team=team, email=address).first()
    if place is None:
        raise NotFound("The team has no such member.")
    place.delete()
    _require_admin(team)
    tell_of_place(MembershipKind.LEFT, place, by=by, before=place.role, after=None)


def _require_admin(team: Team) -> None:
    """An admin address without an active account could administer nothing."""
    admins = Membership.objects.filter(team=team, role=TeamRole.ADMIN).values("email")
    if not User.objects.filter(email__in=admins, is_active=True).exists():
        raise Conflict("The team must keep an admin with an account.")


@transaction.atomic
@telling()
def place_member(
    *, key: str, email: str, role: str, default_role: str | None = None, by: Identity
) -> bool:
    """The operator's way: makes the team if need be. Returns whether the team is new."""
    wanted = {"default_role": default_role} if default_role else {}
    team, made = Team.objects.get_or_create(key=key, defaults=wanted)
    changed = bool(default_role) and team.default_role != default_role
    if changed:
        team.default_role = default_role
        team.save(update_fields=["default_role"])
    if made or changed:
        kind = TeamKind.CREATED if made else TeamKind.UPDATED
        tell(TeamChanged(by.actor, by.origin, kind, facts_of(team)))
    _put(team, normal_email(email), by=by, role=role, accepted=True)
    return made
