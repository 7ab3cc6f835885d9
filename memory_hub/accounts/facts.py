"""What events tell of accounts beside what changed."""

from memory_hub.accounts.events import MembershipChanged, MembershipKind, TeamFacts
from memory_hub.accounts.models import Membership, Team, User
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell


def facts_of(team: Team) -> TeamFacts:
    """The team with its members. Before what takes some of them out, or the team away."""
    addresses = Membership.objects.filter(team=team).values("email")
    members = User.objects.filter(email__in=addresses).values_list("pk", flat=True)
    return TeamFacts(team.pk, team.key, frozenset(members))


def teams_of(user: User) -> tuple[TeamFacts, ...]:
    """The teams that the user is in or invited to."""
    teams = Team.objects.filter(memberships__email=user.email).order_by("pk")
    return tuple(facts_of(team) for team in teams)


def tell_of_place(
    kind: MembershipKind,
    place: Membership,
    *,
    by: Identity,
    before: str | None,
    after: str | None,
) -> None:
    """Tells what happened to a place in a team; of a new or former one to all members, for what
    its owner has there is the admins' while they are away."""
    team = place.team
    facts = TeamFacts(team.pk, team.key) if before and after else facts_of(team)
    user_id = User.objects.filter(email=place.email).values_list("pk", flat=True).first()
    tell(MembershipChanged(by.actor, by.origin, kind, facts, place.email, user_id, before, after))
