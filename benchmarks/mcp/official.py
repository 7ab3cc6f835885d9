"""The official SDK's own server with the same memories in a dictionary: as little as can be behind
the protocol. It runs in a Python of its own: uvicorn benchmarks.mcp.official:app.

Environment: BENCH_MEMORIES, how many. Stateless with JSON answers, its quickest way. Its search is
the plainest that has the best first: where the word occurs most often.
"""

import heapq
import os
from typing import Any

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from benchmarks.http.dataset import memories

RESULTS, EXCERPT = 10, 200
server = MCPServer("official", log_level="WARNING")
kept = {
    str(number): {"id": str(number), **memory}
    for number, memory in enumerate(memories(int(os.environ["BENCH_MEMORIES"])))
}


@server.tool()
async def get_memory(id: str) -> dict[str, Any]:
    """One memory."""
    return kept[id]


@server.tool()
async def search_memories(query: str) -> dict[str, Any]:
    """The ten that have the word most often."""
    found = heapq.nlargest(RESULTS, kept.values(), key=lambda one: one["content"].count(query))
    return {"results": [one | {"content": one["content"][:EXCERPT]} for one in found]}


app = server.streamable_http_app(
    json_response=True,
    stateless_http=True,
    # The load generator says Host: localhost, without a port.
    transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
)
