"""The door for AI clients: the Model Context Protocol at ``/mcp``, in both of its eras.

``protocol/`` is the protocol and knows nothing of memories; what is offered by it stands beside it
(``tools/``). ``endpoint.py`` puts them together, for a caller with a token.
"""
