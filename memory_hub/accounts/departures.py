"""Who is no longer in a team, whatever the way: told to whoever keeps something by membership.

The apps above listen; they are called inside the transaction of the departure.
"""

from collections.abc import Iterable

from django.db import models
from django.dispatch import Signal

from memory_hub.accounts.generations import team_changed
from memory_hub.accounts.models import Membership, Team, User

# Sent with ``team_id`` and ``emails``.
departed = Signal()


def leave(team: Team, emails: Iterable[str]) -> None:
    """These addresses are not active members any more: call it after the change."""
    # All members: what the leaver owned, the admins own now.
    team_changed(team)
    departed.send(Team, team_id=team.pk, emails=list(emails))


def leave_all(users: models.QuerySet[User] | Iterable[User]) -> None:
    """These users are out of all their teams, as who is deactivated is."""
    emails = [user.email for user in users]
    places = Membership.objects.filter(email__in=emails).select_related("team")
    for place in places:
        leave(place.team, [place.email])
