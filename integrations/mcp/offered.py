"""What the hub offers by the protocol: which method does what, for whom."""

from functools import cache
from typing import Any

from django.conf import settings

from integrations.mcp import completion, instructing, prompts, resources
from integrations.mcp.caller import Caller
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import INVALID_PARAMS, Fault
from integrations.mcp.protocol.server import Server
from integrations.mcp.tools import catalog
from integrations.mcp.tools.running import ToolCall, run


def list_tools(call: Call, caller: Caller) -> dict[str, Any]:
    """All at once: they are few."""
    return {"tools": catalog.listed(caller.profile, caller.by.scopes)}


def call_tool(call: Call, caller: Caller) -> dict[str, Any]:
    """The result of a tool. Raises what the hub raises."""
    name = call.params.get("name")
    if not isinstance(name, str):
        raise Fault(INVALID_PARAMS, "params.name must be the name of a tool.")
    asked = ToolCall(name, call.params.get("arguments"), call.meta, caller.credential)
    return run(asked, catalog.PROFILES[caller.profile], caller.by)


@cache
def server() -> Server[Caller]:
    """What stands at ``/mcp``."""
    return Server(
        info={"name": "memory-hub", "title": "Memory Hub", "version": settings.VERSION},
        methods={
            "tools/list": list_tools,
            "tools/call": call_tool,
            "resources/list": resources.list_resources,
            "resources/templates/list": resources.list_templates,
            resources.READ: resources.read_resource,
            "prompts/list": prompts.list_prompts,
            "prompts/get": prompts.get_prompt,
            "completion/complete": completion.complete,
        },
        capabilities={
            "tools": {},
            "resources": {"subscribe": True, "listChanged": True},
            "prompts": {"listChanged": True},
            "completions": {},
        },
        instructions=instructing.text,
    )
