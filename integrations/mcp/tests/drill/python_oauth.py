"""PyPI's ``mcp`` as it is, let in by a person: prints what it saw as JSON.

Arguments: the hub's address, an e-mail address and its password; without these two a person at a
browser that somebody else steers (`at_browser`).
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

sys.path.insert(0, str(Path(__file__).parents[3] / "oauth" / "tests" / "drill"))
from at_browser import AtBrowser
from person import Person
from python_agent import Kept, let_in_by

HUB, *LOGIN = sys.argv[1:]
DOOR = f"{HUB}/mcp"


async def main() -> None:
    person = Person(HUB, *LOGIN) if LOGIN else AtBrowser()
    kept = Kept()
    provider = let_in_by(person, kept, DOOR)
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
            seen["more"] = kept.tokens.scope
            seen["new"] = getattr(person, "new", None)
            sharing = {"id": saved.structured_content["id"], "with_email": "jun@example.com"}
            shared = await client.call_tool("share_memory", sharing)
            seen["shared"] = (shared.is_error, getattr(person, "new", None))
    elsewhere = {"Authorization": f"Bearer {kept.tokens.access_token}"}
    seen["elsewhere"] = httpx.get(f"{HUB}/superthread/memories", headers=elsewhere).status_code
    sys.stdout.write(json.dumps(seen))


asyncio.run(main())
