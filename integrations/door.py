"""What the views of doors for other people's clients share."""

from dataclasses import replace
from typing import ClassVar

from memory_hub.accounts.principal import Principal, origin_of
from memory_hub.api.views import HubView


class DoorView(HubView):
    """A view of a door: what comes in by it is written down under the door's name, ``via``."""

    via: ClassVar[str]
    # By the gate, in every query, and of what is written by the services.
    heeds_restrictions = True

    def _caller(self, method: str) -> Principal:
        return replace(super()._caller(method), origin=origin_of(self.request, self.via))
