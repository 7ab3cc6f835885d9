"""Views of doors, imported when somebody first comes to them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from memory_hub.api.views import HubView


class LazyView:
    """Stands in a list of routes for the view of this dotted name, as its ``as_view`` would."""

    # As of every view of the API: none of it goes by cookies alone.
    csrf_exempt = True

    def __init__(self, dotted: str) -> None:
        self.dotted = dotted
        self.initkwargs: dict[str, Any] = {}
        markcoroutinefunction(self)

    @cached_property
    def cls(self) -> type[HubView]:
        """The view, imported now: for what describes routes. By DRF's name for it; Django's own is
        looked at when routes are first read."""
        return import_string(self.dotted)

    @cached_property
    def _view(self) -> Callable[..., Any]:
        return self.cls.as_view()

    async def __call__(self, request: HttpRequest, **named: str) -> HttpResponse:
        return await self._view(request, **named)
