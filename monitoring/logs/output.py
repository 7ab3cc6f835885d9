"""Where access lines go: standard output, as JSON, for people, or nowhere."""

import os
import socket
import sys
from functools import lru_cache

from django.conf import settings

from memory_hub.core import ecs
from monitoring.logs.access import Access, EcsFormat, PlainFormat
from monitoring.logs.writer import LineWriter


@lru_cache(maxsize=1)
def access_log() -> LineWriter[Access] | None:
    """Return the writer of this process by ``MONITORING_ACCESS_LOG``: json, plain or off."""
    kind = settings.MONITORING_ACCESS_LOG
    if kind == "off":
        return None
    render = PlainFormat() if kind == "plain" else ecs_format()
    # A descriptor of its own, unbuffered: nothing is left in a buffer that a fork would copy.
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    return LineWriter(stream, render)


def ecs_format() -> EcsFormat:
    """Return the format of this service in this environment."""
    return EcsFormat(
        service=ecs.SERVICE,
        version=settings.VERSION,
        environment=settings.HUB_ENVIRONMENT,
        host=socket.gethostname(),
    )
