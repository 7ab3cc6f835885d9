"""The protocol over HTTP, stateless in all revisions; it knows nothing of what is offered by it.

https://modelcontextprotocol.io/specification; where it and the clients there are differ, what these
accept is what is done (``docs/mcp.md``).
"""
