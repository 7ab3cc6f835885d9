"""What an archive of one person has: what they may read, and nothing of others beside."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from memory_hub.accounts.models import Team, User
from memory_hub.accounts.principal import Principal
from superthread import policies
from superthread.models import Memory, Transfer
from superthread.reads import trash
from superthread.transfer.formats.hub_archive import Contents, told_of


def listed(by: Principal) -> Q:
    """What is in the caller's lists."""
    return policies.visible_to(by, public=policies.shows_public("all"))


def contents(by: Principal) -> Contents:
    """What the caller's lists hold and what the caller may undelete; the caller's account and
    teams; and to whom the caller's own memories are offered."""
    memories = listed(by) | Q(pk__in=trash.restorable(by).order_by().values("pk"))
    return Contents(
        memories,
        User.objects.filter(pk=by.user_id),
        _teams(by),
        Transfer.objects.filter(memory__in=Memory.objects.filter(memories, owner=by.user_id)),
        by,
        {"of": by.email},
    )


def _teams(by: Principal) -> Iterator[dict[str, Any]]:
    """The teams that the caller has joined. Whether others have, and who invited them, members are
    not told: brought back they are invited."""
    joined = [place.team_id for place in by.teams if place.accepted]
    for team in Team.objects.filter(pk__in=joined).order_by("pk").iterator():
        members = [
            {"email": email, "role": role, "accepted": email == by.email, "invited_by": ""}
            for email, role in team.memberships.order_by("pk").values_list("email", "role")
        ]
        yield told_of(team, members)
