"""What may stand in an address, as somebody types it: keys of teams, paths of memories."""

from functools import partial
from typing import Any

from integrations.mcp.caller import Caller
from integrations.mcp.gathering import gathered
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import INVALID_PARAMS, Fault
from integrations.mcp.resources import TEMPLATES
from memory_hub.accounts.principal import Principal
from superthread.feed.shown import PART, note_shown
from superthread.limits import PATH_BYTES
from superthread.reads.filters import ME
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_READ

MOST = 100  # the protocol's own bound
_KNOWN = {uri for uri, _, _ in TEMPLATES}


def complete(call: Call, caller: Caller) -> dict[str, Any]:
    """The values that begin with what is there so far; arguments of prompts are free."""
    ref, argument = call.params.get("ref"), call.params.get("argument")
    if not (isinstance(ref, dict) and isinstance(argument, dict)):
        raise Fault(INVALID_PARAMS, "params.ref and params.argument must be objects.")
    name, begun = argument.get("name"), argument.get("value")
    if not (isinstance(name, str) and isinstance(begun, str)):
        raise Fault(INVALID_PARAMS, "params.argument has a name and a value.")
    uri, by = ref.get("uri"), caller.by
    if ref.get("type") != "ref/resource" or uri not in _KNOWN or not by.may(MEMORIES_READ):
        return _values([])
    if name == "team_key":
        keys = (place.team_key for place in by.teams if place.accepted)
        return _values(sorted(key for key in keys if key.startswith(begun)))
    if name == "path" and "{+path}" in uri:
        return _values(_paths(uri, begun, _context(call), by))
    return _values([])


def _context(call: Call) -> dict[str, Any]:
    """The arguments that are decided already."""
    context = call.params.get("context")
    given = context.get("arguments") if isinstance(context, dict) else None
    return given if isinstance(given, dict) else {}


def _paths(uri: str, begun: str, given: dict[str, Any], by: Principal) -> list[str]:
    place: dict[str, str] = {"scope": uri.removeprefix("memory://").partition("/")[0]}
    if place["scope"] == "team":
        team_key = given.get("team_key")
        if not isinstance(team_key, str) or by.team(team_key) is None:
            return []
        place["team_key"] = team_key
    else:
        place["owner"] = ME
    if begun and len(begun) <= PATH_BYTES:
        place["path_prefix"] = begun
    return gathered(by, partial(_path, by), sort="path", limit=str(MOST), **place)


def _path(by: Principal, row: Row) -> str:
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    return row["path"]


def _values(values: list[str]) -> dict[str, Any]:
    told = {"values": values[:MOST], "total": len(values), "hasMore": len(values) > MOST}
    return {"completion": told}
