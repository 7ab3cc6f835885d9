"""PyPI's ``mcp`` as it is, let in by a person: prints what it saw as JSON.

Arguments: the hub's address, an e-mail address and its password.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

sys.path.insert(0, str(Path(__file__).parents[3] / "oauth" / "tests" / "drill"))
from person import Person

HUB, EMAIL, PASSWORD = sys.argv[1:4]
DOOR = f"{HUB}/mcp"


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


async def main() -> None:
    person, kept, told = Person(HUB, EMAIL, PASSWORD), Kept(), {}

    async def redirect(address: str) -> None:
        told.update(await asyncio.to_thread(person.answer, address))

    async def callback() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(
            code=told["code"], state=told.get("state"), iss=told.get("iss")
        )

    client_metadata = OAuthClientMetadata(
        client_name="A Python agent", redirect_uris=["http://localhost:3030/callback"]
    )
    provider = OAuthClientProvider(DOOR, client_metadata, kept, redirect, callback)
    seen: dict[str, Any] = {}
    async with httpx.AsyncClient(auth=provider, timeout=60) as http:
        transport = streamable_http_client(DOOR, http_client=http)
        async with Client(transport) as client:
            seen["revision"] = client.protocol_version
            seen["scope"] = kept.tokens.scope
            seen["tools"] = len((await client.list_tools()).tools)
            saving = {"content": "For everybody.", "scope": "public"}
            saved = await client.call_tool("save_memory", saving)
            seen["saved"] = (saved.is_error, saved.structured_content["scope"])
            seen["new"], seen["more"] = person.new, kept.tokens.scope
            sharing = {"id": saved.structured_content["id"], "with_email": "jun@example.com"}
            shared = await client.call_tool("share_memory", sharing)
            seen["shared"] = (shared.is_error, person.new)
    elsewhere = {"Authorization": f"Bearer {kept.tokens.access_token}"}
    seen["elsewhere"] = httpx.get(f"{HUB}/superthread/memories", headers=elsewhere).status_code
    sys.stdout.write(json.dumps(seen))


asyncio.run(main())
