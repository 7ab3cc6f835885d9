"""What people are shown of the clients that they have let in."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from integrations.oauth.models import Client, ConnectedClient
from memory_hub.accounts.restrictions import Restriction


@dataclass(frozen=True)
class Held:
    """What a client may do for a person already; ``restriction`` of the last time they said so,
    None for a client that is not let in."""

    scopes: frozenset[str]
    restriction: Restriction | None


def living(user_id: int) -> QuerySet[ConnectedClient]:
    """The person's connections that have not ended, the newest first."""
    return ConnectedClient.objects.filter(
        token__user_id=user_id, token__revoked_at=None, ends_at__gt=timezone.now()
    )


def held_by(client: Client, user_id: int) -> Held:
    """What the person lets the client do now."""
    found = list(living(user_id).filter(client=client).select_related("token"))
    scopes = frozenset(scope for one in found for scope in one.scopes)
    return Held(scopes, found[0].token.restriction if found else None)
