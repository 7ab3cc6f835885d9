"""Who a client is, for people to read: no more than is known."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from integrations.oauth.clients.redirects import is_on_this_machine
from integrations.oauth.models import Client, Source


def name_of(client: Client) -> str:
    """What to call it."""
    return client.name or host_of(client) or _("A client without a name")


def host_of(client: Client) -> str:
    """The host that vouches for the client; empty where none does."""
    return urlsplit(client.client_id).netloc if client.source == Source.DOCUMENT else ""


def place_of(redirect_uri: str) -> str:
    """Where the browser goes with the answer."""
    url = urlsplit(redirect_uri)
    if is_on_this_machine(url):
        return _("a program on this computer")
    if url.scheme == "https":
        return url.netloc
    return _("a program on this computer that opens {scheme}: addresses").format(scheme=url.scheme)


def source_of(redirect_uri: str) -> str:
    """The same as a source of a Content-Security-Policy, which has no words for IPv6."""
    url = urlsplit(redirect_uri)
    if url.scheme not in ("http", "https") or ":" in (url.hostname or ""):
        return f"{url.scheme}:"
    return f"{url.scheme}://{url.netloc}"
