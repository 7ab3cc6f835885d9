"""The one gate: who may see a memory, and what they may do with it (contract §2).

``effective_role`` is the role as an SQL expression, ``readable_branches`` the same rule for role ≥
viewer cut into parts that each have an index; a property test holds them together. Every path goes
through here: detail, list, search, statistics, batches, versions, permissions, admin actions.
"""

from enum import IntEnum
from functools import reduce
from operator import or_

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.errors import NotFound, RoleTooLow
from superthread.models import Grant, Memory, Scope


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
    """The highest role that applies, as an expression over a Memory query (0: none)."""
    granted = Grant.objects.filter(memory=OuterRef("pk"), email=by.email).values("role")
    return Case(
        When(owner_id=by.user_id, then=Value(Role.OWNER.value)),
        default=Greatest(
            Coalesce(Subquery(granted), Value(0), output_field=IntegerField()), _by_scope(by)
        ),
        output_field=IntegerField(),
    )


def _by_scope(by: Principal) -> Case:
    """The role that scope and team give."""
    whens = [
        When(Q(scope=Scope.TEAM) & Q(team_id__in=teams), then=Value(role.value))
        for teams, role in (
            (by.administered_team_ids, Role.ADMIN),
            (by.edited_team_ids, Role.EDITOR),
            (by.team_ids(), Role.VIEWER),
        )
        if teams
    ]
    return Case(
        *whens,
        When(scope=Scope.PUBLIC, then=Value(Role.VIEWER.value)),
        default=Value(Role.NONE.value),
        output_field=IntegerField(),
    )


def readable_branches(by: Principal) -> list[Q]:
    """Conditions whose union is what the caller may read; each is served by one index."""
    branches = [Q(scope=Scope.PUBLIC)]
    if by.user_id:
        granted = Grant.objects.filter(email=by.email).values("memory_id")
        branches += [Q(owner_id=by.user_id), Q(pk__in=granted)]
    if by.teams:
        branches.append(Q(scope=Scope.TEAM, team_id__in=by.team_ids()))
    return branches


def alive() -> Q:
    """Neither in the trash nor expired; an expired memory is gone from every read at once."""
    return Q(deleted_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def visible_to(by: Principal) -> Q:
    """What the caller may read now: for lists, searches and counts."""
    return reduce(or_, readable_branches(by)) & alive()


def with_role(by: Principal) -> QuerySet[Memory]:
    """Memories alive, with the caller's ``role`` (may be 0): for looking one up."""
    return Memory.objects.filter(alive()).annotate(role=effective_role(by))


def in_trash(by: Principal) -> QuerySet[Memory]:
    """Memories in the trash, with the caller's ``role``: for undelete and purge."""
    trashed = Memory.objects.filter(deleted_at__isnull=False)
    return trashed.annotate(role=effective_role(by))


def require(role: int, least: Role) -> None:
    """Raises NotFound where the caller may not even see it, RoleTooLow below ``least``."""
    if role < Role.VIEWER:
        raise NotFound(ABSENT)
    if role < least:
        raise RoleTooLow(f"This needs the role {least.word}.", role=Role(role).word)


# The same words for "not yours to see" and "does not exist".
ABSENT = "There is no such memory for you."
