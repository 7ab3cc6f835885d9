"""What a model is told of a call: the answer as structure and as text, or what went wrong.

Some frameworks show a model the text alone, some the structure, and some hand a failed call over as
any other: so both say the same, an error's text begins with "Error", and an empty answer is a
sentence.
"""

from typing import Any

import orjson

from integrations.mcp.tools.tool import Told
from memory_hub.core.errors import BadInput, HubError, StaleRevision

# What to do next, by the code of the problem.
_NEXT = {
    "not-found": "Find it with search_memories or list_memories; deleted ones are listed with "
    "trash.",
    "stale-revision": "Read it again with get_memory, and make the change from what it says now.",
    "role-too-low": "Tell the user that they may only read it; its owner can give them more.",
    "path-taken": "Choose another path, or change the memory that is there with update_memory.",
    "token-restricted": "Tell the user that this connection is for a part of their memories only.",
    "missing-scope": "Tell the user that this connection must be allowed to do it first.",
    "rate-limited": "Wait as long, then go on with fewer calls.",
    "unavailable": "Wait a second, then call the tool again.",
    "outcome-unknown": "Look with get_memory or list_memories whether it was done.",
    "idempotency-key-reused": "Take a new idempotency_key for another change.",
}


def succeeded(told: Told, sentence: str | None) -> dict[str, Any]:
    """The result of a call; ``sentence`` is the text of an answer with nothing in it."""
    structure = orjson.dumps(told)
    text = structure.decode() if sentence is None else sentence
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": orjson.Fragment(structure),
        "isError": False,
    }


def failed(sentence: str) -> dict[str, Any]:
    """The result of a call that cannot be carried out as it is."""
    return {"content": [{"type": "text", "text": f"Error: {sentence}"}], "isError": True}


def failed_by(error: HubError) -> dict[str, Any]:
    """The same for an error of the hub's."""
    said = _said(error)
    doc_id = error.extra.get("doc_id")
    named = f"The memory's id is {doc_id}." if doc_id else ""
    return failed(" ".join(filter(None, (said, named, _NEXT.get(error.code)))))


def _said(error: HubError) -> str:
    if isinstance(error, BadInput):
        return _details(error)
    # What REST says of it is what to do next, in its own words.
    return f"{error.title}." if isinstance(error, StaleRevision) else str(error)


def _details(error: BadInput) -> str:
    found = error.extra.get("errors") or [{"pointer": "", "detail": str(error)}]
    return " ".join(_detail(one["pointer"], one["detail"]) for one in found[:10])


def _detail(pointer: str, detail: str) -> str:
    name = pointer.removeprefix("query:").removeprefix("header:").lstrip("/")
    return f"{name}: {detail}" if name else detail
