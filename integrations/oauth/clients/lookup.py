"""Finding a client by its id."""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from integrations.oauth.clients import documents
from integrations.oauth.models import ID_LENGTH, Client
from memory_hub.rate_limits.limiter import Limiter, Payer, limiter_of, require


def kept(client_id: str) -> Client | None:
    """The client as it is kept, in one statement; None where it is not known."""
    if not client_id or len(client_id) > ID_LENGTH or "\0" in client_id:
        return None
    return Client.objects.filter(client_id=client_id).first()


@lru_cache(maxsize=1)
def per_person() -> Limiter | None:
    """The limit of documents that are read for one person; None when it is turned off."""
    return limiter_of(settings.HUB_OAUTH_DOCUMENTS)


def asked_for(client_id: str, user_id: int) -> Client | None:
    """The client that a person is asked to let in: of a document as it is now. Raises Spent,
    RateLimited."""
    known = kept(client_id)
    if not documents.is_address(client_id):
        return known
    if known is None or known.fresh_until <= timezone.now():
        require(per_person(), Payer(f"documents/{user_id}"))
    return documents.client_of(client_id, known)


def note_use(client: Client) -> None:
    """Notes, to the day, that the client is in use."""
    now = timezone.now()
    if now - client.used_at > timedelta(days=1):
        Client.objects.filter(pk=client.pk).update(used_at=now)
