"""What the authorization server forgets by itself."""

from datetime import time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from integrations.oauth.clients.registration import UNUSED_FOR
from integrations.oauth.models import Client, Code, ConnectedClient, Source
from memory_hub.jobs.declared import Job

# A code is kept for so long after its minute, to know it again should it come twice.
CODES_FOR = timedelta(days=1)
# A document of a client that nobody is connected to is read again when somebody wants to.
DOCUMENTS_FOR = timedelta(days=30)


def forget_clients() -> int:
    """Deletes codes and connections that are over, and clients that nobody uses; how many rows
    went. The tokens of connections stay in the lists, as revoked and expired ones do."""
    now = timezone.now()
    over = Q(ends_at__lte=now) | Q(token__revoked_at__lte=now - CODES_FOR)
    gone = Code.objects.filter(expires_at__lte=now - CODES_FOR).delete()[0]
    gone += ConnectedClient.objects.filter(over).delete()[0]
    connected = ConnectedClient.objects.filter(client=OuterRef("pk"))
    asked = Code.objects.filter(client=OuterRef("pk"))
    unused = Q(source=Source.REGISTERED, created_at__lte=now - UNUSED_FOR) | Q(
        source=Source.DOCUMENT, used_at__lte=now - DOCUMENTS_FOR
    )
    return gone + Client.objects.filter(unused, ~Exists(connected), ~Exists(asked)).delete()[0]


FORGET_CLIENTS = Job(
    name="forget_clients",
    help="Deletes clients that nobody has let in, and connections that are over.",
    run=forget_clients,
    at=time(3, 40),
)
