"""PyPI's ``mcp`` as it is, against a hub: prints what it saw as JSON, by mode.

Arguments: the address of the door, a token, and modes of the client.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2 as httpx
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

DOOR, TOKEN, *MODES = sys.argv[1:]


async def seen_in(mode: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(DOOR, http_client=http)
        async with Client(transport, mode=mode) as client:
            seen["revision"] = client.protocol_version
            seen["server"] = client.server_info.name if client.server_info else None
            seen["instructed"] = "search_memories" in (client.instructions or "")
            seen["tools"] = len((await client.list_tools()).tools)
            content = f"Deploys happen on Tuesdays, says {mode}. 배포"
            saved = await client.call_tool("save_memory", {"content": content})
            doc_id = saved.structured_content["id"]
            found = await client.call_tool("search_memories", {"query": f"deploys {mode}"})
            seen["found"] = found.structured_content["results"][0]["id"] == doc_id
            read = await client.call_tool("get_memory", {"id": doc_id})
            seen["read"] = read.structured_content["content"] == content
            wrong = await client.call_tool("get_memory", {"id": "nothing"})
            seen["error"] = (wrong.is_error, wrong.content[0].text.startswith("Error"))
            uri = f"memory://id/{doc_id}"
            listed = [str(one.uri) for one in (await client.list_resources()).resources]
            (whole,) = (await client.read_resource(uri)).contents
            seen["resource"] = (uri in listed, whole.text == content)
            prompts = (await client.list_prompts()).prompts
            recalled = await client.get_prompt(prompts[0].name, {"topic": "tea"})
            seen["prompt"] = "tea" in recalled.messages[0].content.text
            if client.protocol_version == "2026-07-28":
                async with client.listen(resource_subscriptions=[uri]) as changes:
                    changed = {"id": doc_id, "category": mode}
                    await client.call_tool("update_memory", changed)
                    seen["told"] = (await anext(changes)).uri == uri
            unknown = await client.call_tool("nope", {})
            seen["unknown"] = unknown.is_error
    return seen


async def main() -> None:
    sys.stdout.write(json.dumps({mode: await seen_in(mode) for mode in MODES}))


asyncio.run(main())
