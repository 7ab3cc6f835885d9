"""A typed client of Memory Hub: ``Hub``, and ``AsyncHub`` for asyncio."""

from memory_hub_client.calls import HubError
from memory_hub_client.hub import AsyncHub, Hub

__all__ = ["AsyncHub", "Hub", "HubError"]
