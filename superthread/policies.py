"""The one gate: who may see a memory, and what they may do with it (contract §2).

``effective_role`` is the role as an SQL expression, ``listed_branches`` the same rule for role ≥
viewer, without what is only offered, cut into parts that each have an index; a property test holds
them together. Every path goes through here: detail, list, search, statistics, batches, versions,
permissions, admin actions.
"""

from datetime import datetime
from enum import IntEnum
from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from memory_hub.accounts.models import DefaultRole, Membership, TeamRole, User
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import NotFound, RoleTooLow
from memory_hub.database.compiled_queries import Parameter
from superthread import limits
from superthread.branches import Granted, Joined, OfMany
from superthread.models import Grant, Memory, Scope
from superthread.models.space import PUBLIC_SPACE
from superthread.restricted import is_for_own, is_for_public, within

ALL_SCOPES = "all"  # beside the words of Scope, as lists and searches are asked for them


class Role(IntEnum):
    """What a caller may do; each role may do all that the ones before it may."""

    NONE = 0
    VIEWER = 1
    EDITOR = 2
    ADMIN = 3
    OWNER = 4

    @property
    def word(self) -> str:
        return self.name.lower()


def effective_role(by: Principal) -> Case:
    """The highest role that applies, as an expression over a Memory query (0: none, as on what the
    caller's token is not for)."""
    role = _role(by)
    if not by.is_narrowed:
        return role
    return Case(
        When(within(by), then=role), default=Value(Role.NONE.value), output_field=IntegerField()
    )


def grants_of(by: Principal) -> QuerySet[Grant]:
    """What is granted to the caller's address: while nobody has proven that it is theirs, only what
    whoever vouches for them has given."""
    granted = Grant.objects.filter(email=by.email)
    return granted.filter(offered_by=by.vouched_by) if by.vouched_by else granted


def places_of(by: Principal) -> QuerySet[Membership]:
    """The places of the caller's address in teams, by the same rule."""
    places = Membership.objects.filter(email=by.email)
    return places.filter(invited_by=by.vouched_by) if by.vouched_by else places


def _role(by: Principal) -> Case:
    """The role of the user.

    A team's memory is its owner's only while the owner is in the team, and its admins' where nobody
    is: who leaves is out by this condition, and no row needs to be rewritten.
    """
    granted = grants_of(by).filter(memory=OuterRef("pk")).values("role")
    place = places_of(by).filter(team=OuterRef("team")).order_by()
    return Case(
        When(~Q(scope=Scope.TEAM), owner_id=by.user_id, then=Value(Role.OWNER.value)),
        When(Exists(place), owner_id=by.user_id, then=Value(Role.OWNER.value)),
        When(
            Exists(place.filter(role=TeamRole.ADMIN)) & ~Exists(_present_owner()),
            scope=Scope.TEAM,
            then=Value(Role.OWNER.value),
        ),
        default=Greatest(
            Coalesce(Subquery(granted), Value(0), output_field=IntegerField()),
            Coalesce(Subquery(_as_member(place)), Value(0), output_field=IntegerField()),
            Case(
                When(scope=Scope.PUBLIC, then=Value(Role.VIEWER.value)),
                default=Value(Role.NONE.value),
                output_field=IntegerField(),
            ),
        ),
        output_field=IntegerField(),
    )


def _present_owner() -> QuerySet[User]:
    """The owner of a team's memory while active and in the team."""
    members = Membership.objects.filter(team=OuterRef(OuterRef("team"))).order_by()
    active = User.objects.filter(pk=OuterRef("owner"), is_active=True)
    return active.filter(email__in=members.values("email"))


def is_owner_present(pk: int) -> bool:
    """Whether the owner of a team's memory is active and in the team."""
    return Memory.objects.filter(Exists(_present_owner()), pk=pk).exists()


def _as_member(place: QuerySet[Membership]) -> QuerySet:
    """The role that a membership of the memory's team gives; only team memories have a team."""
    return place.values_list(
        Case(
            When(role=TeamRole.ADMIN, then=Value(Role.ADMIN.value)),
            When(team__default_role=DefaultRole.EDITOR, then=Value(Role.EDITOR.value)),
            default=Value(Role.VIEWER.value),
            output_field=IntegerField(),
        )
    )


def listed_branches(by: Principal, *, public: bool = True, scope: str = ALL_SCOPES) -> list[Q]:
    """Conditions whose union is what the caller's lists and searches are drawn from; each is served
    by one index.

    All that the caller may read but what others have only offered: a share and a team must be
    accepted first, or anybody could put texts before somebody else's agent. ``public`` tells
    whether other people's public memories are among it. Of a ``scope`` those that can hold it.
    """
    has_public, has_own, has_teams = (
        scope in (ALL_SCOPES, one.label) for one in (Scope.PUBLIC, Scope.PERSONAL, Scope.TEAM)
    )
    branches = []
    if public and has_public:
        branches.append(OfMany(space=PUBLIC_SPACE) & is_for_public(by))
    if by.user_id:
        if has_own:
            branches.append(Q(space=by.user_id) & is_for_own(by))
        branches.append(Granted(pk__in=granted_to(by).values("memory_id")))
        if has_teams:
            branches.append(Joined(space__in=joined_spaces(by)))
        if has_public and not public:
            branches.append(_owned_public(by) & is_for_public(by))
    return _narrowed(branches, by) or [Q(pk=None)]


def granted_to(by: Principal) -> QuerySet[Grant]:
    """The grants that put memories into the caller's lists."""
    return grants_of(by).filter(accepted=True).order_by()


def joined_spaces(by: Principal, team_key: str | Parameter | None = None) -> QuerySet:
    """Each ``space`` of a team whose memories are in the caller's lists; of one team with a key."""
    joined = places_of(by).filter(accepted=True).order_by()
    return _spaces(joined if team_key is None else joined.filter(team__key=team_key))


def listed_in(by: Principal, space: Combinable) -> Q:
    """As much of the branch ``Joined`` as is in one of its spaces."""
    (branch,) = _narrowed([Q(space=space)], by)
    return branch


def listed_by(by: Principal, memory: Combinable) -> Q:
    """As much of the branch ``Granted`` as is by a grant on this memory."""
    (branch,) = _narrowed([Q(pk=memory)], by)
    return branch


def _narrowed(branches: list[Q], by: Principal) -> list[Q]:
    """As much of each as the caller's token is for."""
    if not by.is_narrowed:
        return branches
    return [branch & within(by) for branch in branches]


def _spaces(joined: QuerySet[Membership]) -> QuerySet:
    """The spaces of these memberships' teams."""
    return joined.annotate(space=F("team_id") * Value(-1)).values("space")


def _owned_public(by: Principal) -> Q:
    return Q(owner_id=by.user_id, scope=Scope.PUBLIC)


def held_spaces(by: Principal, least: Role) -> QuerySet:
    """Each ``space`` of a team all of whose memories the caller may edit, or administers."""
    leading = Q(role=TeamRole.ADMIN)
    if least == Role.EDITOR:
        leading |= Q(team__default_role=DefaultRole.EDITOR)
    return _spaces(places_of(by).filter(leading, accepted=True).order_by())


def edited_spaces(by: Principal) -> list[Q]:
    """What of spaces the caller may edit, by space and owner, in parts that have nothing in common:
    as ``held_branches`` without what is granted."""
    held = Q(space__in=held_spaces(by, Role.EDITOR))
    return [
        Q(space=by.user_id) & ~Q(space=PUBLIC_SPACE),
        held,
        Q(space=PUBLIC_SPACE, owner_id=by.user_id),
        Q(space__in=joined_spaces(by), owner_id=by.user_id) & ~held,
    ]


def held_branches(by: Principal, least: Role) -> list[Q]:
    """Conditions whose union is what the caller may edit (Role.EDITOR) or administers (ADMIN)."""
    granted = grants_of(by).filter(role__gte=least, accepted=True).order_by()
    joined = places_of(by).filter(accepted=True).order_by()
    branches = [
        # The reader without a credential has no number.
        Q(space=by.user_id) & ~Q(space=PUBLIC_SPACE),
        Granted(pk__in=granted.values("memory_id")),
        Q(space__in=held_spaces(by, least)),
        _owned_public(by),
        # Not of a team that its owner has left, or was only invited to: a team's admins may make
        # an owner of whom they invite.
        Q(owner_id=by.user_id, scope=Scope.TEAM, team_id__in=joined.values("team_id")),
    ]
    return _narrowed(branches, by)


def alive(now: datetime | Parameter | None = None) -> Q:
    """Neither in the trash nor expired; an expired memory is gone from every read at once."""
    return Q(deleted_at=None) & unexpired(now)


def unexpired(now: datetime | Parameter | None = None) -> Q:
    """Also what is in the trash expires: undelete must not show it again."""
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now() if now is None else now)


def offered_to(by: Principal, sender: str = "offered_by") -> Q:
    """What points at a ``memory`` and is an offer to the caller: alive, and one that the token is
    for. ``sender`` is where the address of who offers it stands."""
    now = timezone.now()
    unexpired = Q(memory__expires_at=None) | Q(memory__expires_at__gt=now)
    offered = Q(memory__deleted_at=None, email=by.email) & unexpired
    if by.vouched_by:
        offered &= Q(**{sender: by.vouched_by})
    if not by.is_narrowed:
        return offered
    return offered & Q(Exists(Memory.objects.filter(within(by), pk=OuterRef("memory_id"))))


def visible_to(by: Principal, now: datetime | Parameter | None = None, *, public: bool = True) -> Q:
    """What is in the caller's lists, searches and counts now."""
    return reduce(or_, listed_branches(by, public=public)) & alive(now)


def shows_public(scope: str) -> bool:
    """Whether a list or search of the scope has other people's public memories."""
    return scope != ALL_SCOPES or settings.HUB_PUBLIC_IN_ALL


def with_role(by: Principal, now: datetime | Parameter | None = None) -> QuerySet[Memory]:
    """Memories alive, with the caller's ``role`` (may be 0): for looking one up."""
    return Memory.objects.filter(alive(now)).annotate(role=effective_role(by))


def role_of(pk: int, by: Principal) -> int:
    """The caller's role on the memory as it is now, 0 for none."""
    memories = Memory.objects.annotate(role=effective_role(by))
    return memories.values_list("role", flat=True).get(pk=pk)


def in_trash(by: Principal) -> QuerySet[Memory]:
    """Memories that may come back from the trash, with the caller's ``role``.

    What is due to be purged is out of reach already: when that happens must not matter.
    """
    kept = timezone.now() - limits.TRASH_KEPT
    trashed = Memory.objects.filter(unexpired(), deleted_at__gt=kept)
    return trashed.annotate(role=effective_role(by))


def require(role: int, least: Role) -> None:
    """Raises NotFound where the caller may not even see it, RoleTooLow below ``least``."""
    if role < Role.VIEWER:
        raise NotFound(ABSENT)
    if role < least:
        raise RoleTooLow(f"This needs the role {least.word}.", role=Role(role).word)


# The same words for "not yours to see" and "does not exist".
ABSENT = "There is no such memory for you."
