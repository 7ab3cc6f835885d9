"""The revisions of the protocol, and what is called differently in them."""

# With a handshake (`initialize`), oldest first; and the one in which every request is complete.
HANDSHAKE = ("2025-03-26", "2025-06-18", "2025-11-25")
NEWEST_HANDSHAKE = HANDSHAKE[-1]
# What a request after a handshake is of that does not say it.
UNSAID = "2025-03-26"
MODERN = "2026-07-28"

# Members of `_meta` by which a modern request says of itself what a handshake would have said.
_OF_PROTOCOL = "io.modelcontextprotocol/"
VERSION_MEMBER = f"{_OF_PROTOCOL}protocolVersion"
CAPABILITIES_MEMBER = f"{_OF_PROTOCOL}clientCapabilities"
SUBSCRIPTION_MEMBER = f"{_OF_PROTOCOL}subscriptionId"
SERVER_MEMBER = f"{_OF_PROTOCOL}serverInfo"
