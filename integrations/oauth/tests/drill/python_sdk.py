"""PyPI's ``mcp`` as it is, against the hub's API: prints what it saw as JSON.

Arguments: the hub's address, an e-mail address and its password, and where there is one the address
of a document about the client.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2 as httpx
from person import Person
from python_agent import Kept, let_in_by

HUB, EMAIL, PASSWORD = sys.argv[1:4]
DOCUMENT = sys.argv[4] if len(sys.argv) > 4 else None


async def main() -> None:
    person, kept = Person(HUB, EMAIL, PASSWORD), Kept()
    provider = let_in_by(person, kept, f"{HUB}/superthread/memories", DOCUMENT)
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
