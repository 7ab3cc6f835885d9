"""The OpenAPI document as it is answered: rendered when it is first asked for."""

import secrets
import threading

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.errors import NotFound

# Made when the hub's code is imported: once for all workers that are forked from one master, and of
# another release, or with other apps, it is another.
_KEY = f"openapi:{secrets.token_hex(8)}"
_rendering = threading.Lock()


def document() -> str:
    """The document as JSON: from this worker's memory, or from what another one of the host has
    rendered."""
    return caches["ttl"].get_or_set(_KEY, _rendered_once)


def _rendered_once() -> str:
    # Two threads would also import it at once.
    with _rendering:
        from memory_hub.api import openapi

        return caches["default"].get_or_set(_KEY, openapi.render)


class OpenApiView(HubView):
    """The document itself; public unless told otherwise: it holds nothing of anyone's."""

    heeds_restrictions = True

    def admit(self) -> None:
        """Refuses as for a path that there is none of, where the document is turned off."""
        if settings.HUB_DOCS == "off":
            raise NotFound("No such path.")
        super().admit()

    def _is_public(self) -> bool:
        return settings.HUB_DOCS == "public"

    @extend_schema(exclude=True)
    def get(self, request: HttpRequest) -> HttpResponse:
        """The same bytes until the hub starts again: the routes cannot change before."""
        return HttpResponse(document(), "application/json")
