"""Which tools there are, for whom."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from integrations.mcp.tools.chatgpt import FETCH_TOOL, SEARCH_TOOL
from integrations.mcp.tools.history import MEMORY_HISTORY
from integrations.mcp.tools.reading import GET_MEMORY, LIST_MEMORIES, SEARCH_MEMORIES
from integrations.mcp.tools.sharing import SHARE_MEMORY
from integrations.mcp.tools.tool import Tool
from integrations.mcp.tools.writing import DELETE_MEMORY, SAVE_MEMORY, UPDATE_MEMORY

# What a client may ask for by ``?profile=``. Both sets together would confuse models.
DEFAULT, CHATGPT = "", "chatgpt"


def _by_name(*tools: Tool) -> Mapping[str, Tool]:
    return {tool.name: tool for tool in tools}


PROFILES = {
    DEFAULT: _by_name(
        *(SEARCH_MEMORIES, GET_MEMORY, LIST_MEMORIES, SAVE_MEMORY),
        *(UPDATE_MEMORY, DELETE_MEMORY, MEMORY_HISTORY, SHARE_MEMORY),
    ),
    CHATGPT: _by_name(SEARCH_TOOL, FETCH_TOOL),
}


@lru_cache(maxsize=64)
def listed(profile: str, scopes: frozenset[str]) -> list[dict[str, Any]]:
    """The tools of a profile that are of use to a token with these scopes, as they are told."""
    tools = PROFILES[profile].values()
    return [tool.told for tool in tools if not scopes.isdisjoint(tool.scopes)]
