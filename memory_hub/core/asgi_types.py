"""The types of ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html), one set for all."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

# In the scope of a request whose body goes to the disk (`http/uploads.py`): that body.
UPLOAD = "hub.upload"
# In the scope of a request with a short body, all of it: for who looks before taking it.
BODY = "hub.body"
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
