"""The hub as it is, but for one host: agent.example.com, whose documents clients bring, is on this
machine, with a certificate of the test's own (``DRILL_CERTIFICATE``)."""

import os
import socket
import ssl

from memory_hub.asgi import application
from memory_hub.http import outgoing

_resolve, _is_public = socket.getaddrinfo, outgoing.is_public


def _resolved(host, *rest, **options):
    return _resolve("127.0.0.1" if host == "agent.example.com" else host, *rest, **options)


socket.getaddrinfo = _resolved
outgoing.is_public = lambda address: address == "127.0.0.1" or _is_public(address)
outgoing.trusted = lambda: ssl.create_default_context(cafile=os.environ["DRILL_CERTIFICATE"])

__all__ = ["application"]
