"""PyPI's clients as they are, against a hub: prints what they saw as JSON. Arguments: the address
of the door, a token, and which client: sync or async."""

import asyncio
import inspect
import json
import sys

from mem0 import AsyncMemoryClient, MemoryClient
from mem0.exceptions import AuthenticationError, MemoryNotFoundError, ValidationError

HOST, TOKEN, WHICH = sys.argv[1:]
MISSING = "0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a"


async def called(call, *args, **options):
    """What a call of either client returns, or the exception that it raises."""
    try:
        told = call(*args, **options)
        return await told if inspect.isawaitable(told) else told
    except Exception as error:
        return error


async def main():
    """Every call once."""
    kind = AsyncMemoryClient if WHICH == "async" else MemoryClient
    client, ann = kind(api_key=TOKEN, host=HOST), f"ann/{WHICH}"
    mine = {"user_id": ann}
    seen = {}
    said = [{"role": "user", "content": f"I like green tea, says {WHICH}. 녹차"}]
    added = await called(client.add, said, user_id=ann, metadata={"mood": "calm"})
    one = added["results"][0]["id"]
    seen["add"] = [added["inferred"], added["results"][0]["memory"] == said[0]["content"]]
    two = (await called(client.add, "Coffee", user_id=ann))["results"][0]["id"]
    seen["get"] = (await called(client.get, one))["metadata"]
    listed = await called(client.get_all, filters=mine, page=1, page_size=1)
    seen["get_all"] = [listed["count"], len(listed["results"]), bool(listed["next"])]
    nested = {"AND": [mine, {"created_at": {"gte": "2020-01-01"}}]}
    found = await called(client.search, "green tea", filters=nested, top_k=5)
    seen["search"] = [[each["id"] == one for each in found["results"]]]
    updated = await called(client.update, one, text="I like black tea.", metadata={"mood": "new"})
    seen["update"] = [updated["memory"], updated["metadata"]]
    history = await called(client.history, one)
    seen["history"] = [[each["event"], each["new_memory"][:12]] for each in history]
    changes = [{"memory_id": two, "text": "Milk"}]
    seen["batch_update"] = (await called(client.batch_update, changes))["message"]
    feedback = await called(client.feedback, two, feedback="POSITIVE")
    seen["feedback"] = feedback["message"]
    users = await called(client.users)
    seen["users"] = [[each["type"], each["name"]] for each in users["results"]]
    seen["missing"] = isinstance(await called(client.get, MISSING), MemoryNotFoundError)
    everything = await called(client.delete_all)
    seen["delete_all of nobody"] = [isinstance(everything, ValidationError), str(everything)[:28]]
    kept = await called(client.get_all, filters=mine)
    seen["kept"] = kept["count"]
    export = await called(client.create_memory_export, schema="{}", filters=mine)
    seen["export"] = str(export)[:29]
    summary = await called(client.get_summary, filters=mine)
    seen["summary"] = "no model" in str(summary)
    project = await called(client.project.get)
    seen["project"] = project["project_id"]
    seen["webhooks"] = "/superthread/webhooks" in str(
        await called(client.get_webhooks, project_id="memory-hub")
    )
    seen["batch_delete"] = (await called(client.batch_delete, [{"memory_id": two}]))["message"]
    seen["delete"] = (await called(client.delete, one))["message"]
    await called(client.add, "Water", user_id=ann)
    seen["delete_all"] = (await called(client.delete_all, user_id=ann))["deleted_count"]
    await called(client.add, "Water", user_id=ann)
    seen["delete_users"] = bool((await called(client.delete_users, user_id=ann))["message"])
    seen["left"] = (await called(client.get_all, filters=mine))["count"]
    refused = await called(kind, api_key="no", host=HOST)
    seen["refused"] = [type(refused).__name__, "token" in str(refused)]
    assert AuthenticationError
    sys.stdout.write(json.dumps(seen))


asyncio.run(main())
