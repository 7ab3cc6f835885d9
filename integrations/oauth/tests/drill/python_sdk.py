"""PyPI's ``mcp`` as it is, against the hub's API: prints what it saw as JSON.

Arguments: the hub's address, an e-mail address and its password, and where there is one the address
of a document about the client.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2 as httpx
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata
from person import Person

HUB, EMAIL, PASSWORD = sys.argv[1:4]
DOCUMENT = sys.argv[4] if len(sys.argv) > 4 else None


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

    provider = OAuthClientProvider(
        f"{HUB}/superthread/memories",
        OAuthClientMetadata(
            client_name="A Python agent", redirect_uris=["http://localhost:3030/callback"]
        ),
        kept,
        redirect,
        callback,
        client_metadata_url=DOCUMENT,
    )
    seen: dict[str, Any] = {}
    async with httpx.AsyncClient(base_url=HUB, auth=provider, timeout=60) as client:
        seen["first"] = (await client.get("/superthread/memories")).status_code
        seen["scope"], seen["client_id"] = kept.tokens.scope, kept.client.client_id
        made = await client.post("/superthread/memories", json={"content": "By Python."})
        seen["saved"], path = made.status_code, f"/superthread/permissions/{made.json()['doc_id']}"
        shared = await client.post(path, json={"permissions": {"jun@example.com": "viewer"}})
        seen["shared"], seen["new"] = shared.status_code, person.new
        seen["more"] = kept.tokens.scope
        before = kept.tokens
        provider.context.token_expiry_time = 1.0
        seen["after"] = (await client.get("/superthread/memories")).status_code
        seen["renewed"] = kept.tokens.access_token != before.access_token
        seen["asked_again"] = kept.tokens.refresh_token == before.refresh_token
    old = httpx.get(
        f"{HUB}/accounts/me", headers={"Authorization": f"Bearer {before.access_token}"}
    )
    seen["old"] = old.status_code
    sys.stdout.write(json.dumps(seen))


asyncio.run(main())
