"""Carrying a tool's call out: arguments, points, the idempotency key."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from integrations.mcp.protocol.arguments import problems, with_defaults
from integrations.mcp.tools.arguments import KEY
from integrations.mcp.tools.telling import failed, succeeded
from integrations.mcp.tools.tool import Done, Told, Tool, Write
from memory_hub.accounts.principal import Principal
from memory_hub.core import deadline
from memory_hub.core.errors import BadInput, JsonAnswer
from memory_hub.idempotency import answers
from memory_hub.idempotency.execute import answer_once
from memory_hub.idempotency.key import KeyClaim, claimed
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import READ

# Where a client may put the key instead of among the arguments.
KEY_MEMBER = "memory-hub/idempotencyKey"


class ToolCall(NamedTuple):
    """A call of a tool: what it is called, its arguments, its ``_meta``, and by what credential."""

    name: str
    arguments: Any
    meta: Mapping[str, Any]
    credential: str


def run(asked: ToolCall, tools: Mapping[str, Tool], by: Principal) -> dict[str, Any]:
    """The result of ``tools/call``. Raises what the hub raises: `telling.failed` says it."""
    tool = tools.get(asked.name)
    if tool is None:
        return failed(f"Unknown tool: {asked.name[:100]}. There are: {', '.join(tools)}.")
    arguments = {} if asked.arguments is None else asked.arguments
    wrong = (
        problems(arguments, tool.input)
        if isinstance(arguments, dict)
        else ["arguments must be an object."]
    )
    if wrong:
        return failed(" ".join(wrong))
    args = with_defaults(arguments, tool.input)
    present = deadline.current.get()
    key = _key(args, asked.meta)
    if present is not None:
        present.reads, present.keyed = not tool.writes, bool(key)
    bill.charge(tool.points(args) - READ)
    claim = None
    if key and tool.writes:
        claim = claimed(by, key, _fingerprint(tool, args), None, asked.credential)
    told = _carried_out(tool, args, by, claim)
    return succeeded(told, tool.empty(args, told))


def _key(args: dict[str, Any], meta: Mapping[str, Any]) -> str:
    """The idempotency key of the call; never the id of its message: those begin anew with every
    connection."""
    key = args.pop(KEY, "") or meta.get(KEY_MEMBER) or ""
    if not isinstance(key, str):
        raise BadInput.at(f"/_meta/{KEY_MEMBER}", "not-text", "The key must be a text.")
    return key


def _fingerprint(tool: Tool, args: dict[str, Any]) -> bytes:
    """What a key stands for: the tool and all its arguments, in whatever order they came."""
    return orjson.dumps(["tools/call", tool.name, args], option=orjson.OPT_SORT_KEYS)


def _carried_out(tool: Tool, args: dict[str, Any], by: Principal, claim: KeyClaim | None) -> Told:
    kept = answers.replay(claim) if claim else None
    if kept is not None:
        return _again(tool, orjson.loads(kept.content), by)
    ready = tool.handle(args, by)
    if not isinstance(ready, Write):
        return ready
    if claim is None:
        return ready.carry_out().told
    done: list[Done] = []

    def make() -> JsonAnswer:
        done.append(ready.carry_out())
        answer = JsonAnswer(done[-1].receipt)
        # The call had the text: once it is deleted for good, nothing is told under its key.
        answer.about = [done[-1].receipt["id"]]
        return answer

    answer = answer_once(replace(claim, path_id=ready.doc_id), make)
    return done[-1].told if done else _again(tool, orjson.loads(answer.content), by)


def _again(tool: Tool, receipt: Told, by: Principal) -> Told:
    return tool.again(receipt, by) if tool.again else receipt
