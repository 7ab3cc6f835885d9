"""PyPI's ``mcp`` as an agent of a person's: how it is let in, and what it remembers. Runs where the
library is, beside `person`."""

import asyncio
from typing import Any, Protocol

from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata


class Answering(Protocol):
    """Whoever answers questions: takes the address that a client sends the browser to, and says
    what is brought to ``callback``, the client's own."""

    callback: str

    def answer(self, question: str) -> dict[str, str]: ...


class Kept:
    """What the client remembers."""

    def __init__(self) -> None:
        self.tokens: Any = None
        self.client: Any = None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client_info: Any) -> None:
        self.client = client_info


def let_in_by(
    person: Answering, kept: Kept, resource: str, document: str | None = None
) -> OAuthClientProvider:
    """The library's way in to the resource: the person answers its questions. ``document`` is the
    address of one about the client; without it the client registers."""
    told: dict[str, str] = {}

    async def redirect(address: str) -> None:
        told.update(await asyncio.to_thread(person.answer, address))

    async def callback() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(
            code=told["code"], state=told.get("state"), iss=told.get("iss")
        )

    client_metadata = OAuthClientMetadata(
        client_name="A Python agent", redirect_uris=[person.callback]
    )
    return OAuthClientProvider(
        resource, client_metadata, kept, redirect, callback, client_metadata_url=document
    )
