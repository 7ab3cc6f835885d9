"""The limit: a bare ASGI application that sends the same bytes and does no work.

Reads from the file named by BENCH_ANSWERS a JSON object: path with query → body.
"""

import json
import os
from pathlib import Path
from typing import Any

_FILE = Path(os.environ["BENCH_ANSWERS"])
_ANSWERS = {path: body.encode() for path, body in json.loads(_FILE.read_text()).items()}
_ANY = next(iter(_ANSWERS.values()))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    query = scope["query_string"].decode()
    body = _ANSWERS.get(f"{scope['path']}?{query}" if query else scope["path"], _ANY)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
