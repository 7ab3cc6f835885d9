"""From whom a user wants to be offered nothing: no share, no team, no ownership."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from memory_hub.accounts.events import BlockChanged, BlockKind
from memory_hub.accounts.models import Block, Membership, normal_email
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.restricted import require_unrestricted
from memory_hub.core.errors import Conflict
from memory_hub.events.telling import tell


def blocked(by: Principal) -> QuerySet:
    """The addresses that the caller has blocked."""
    return Block.objects.filter(user_id=by.user_id).values_list("email", flat=True)


def unwanted_teams(by: Principal) -> set[int]:
    """The teams to which somebody whom the caller has blocked has invited them."""
    if all(team.accepted for team in by.teams):
        return set()
    invited = Membership.objects.filter(email=by.email, accepted=False, invited_by__in=blocked(by))
    return set(invited.values_list("team_id", flat=True))


@transaction.atomic
def block(*, email: str, by: Principal) -> None:
    """From now on, and for what is offered already. Raises Conflict for the caller's own,
    TokenRestricted for any restricted token."""
    require_unrestricted(by)
    address = normal_email(email)
    if address == by.email:
        raise Conflict("This is your own address.")
    _, made = Block.objects.get_or_create(user_id=by.user_id, email=address)
    if made:
        tell(BlockChanged(by.actor, by.origin, BlockKind.BLOCKED, by.user_id, address))


@transaction.atomic
def unblock(*, email: str, by: Principal) -> None:
    """Offers of the address are shown again. One that is not blocked is no error. Raises
    TokenRestricted for any restricted token."""
    require_unrestricted(by)
    address = normal_email(email)
    if Block.objects.filter(user_id=by.user_id, email=address).delete()[0]:
        tell(BlockChanged(by.actor, by.origin, BlockKind.UNBLOCKED, by.user_id, address))


def who_blocked(sender: str, among: Iterable[str]) -> set[str]:
    """Those of the addresses that have blocked the sender."""
    blocks = Block.objects.filter(email=sender, user__email__in=list(among))
    return set(blocks.values_list("user__email", flat=True))
