"""Prompts that people choose: two of the hub's, and memories that are kept as prompts.

A memory with a path in the folder ``prompts/`` is one for whom it belongs to: one's own for
oneself, a team's for its members. So they are written, changed, looked over and put back as
memories are. Words in double braces, ``{{topic}}``, are its arguments.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from integrations.mcp.caller import Caller
from integrations.mcp.gathering import gathered
from integrations.mcp.protocol.calls import Call
from integrations.mcp.protocol.faults import INVALID_PARAMS, Fault
from integrations.mcp.tools.arguments import chosen
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import NotFound
from superthread.feed.shown import PART, note_shown
from superthread.paths import NOTE
from superthread.reads.representation import Row
from superthread.reads.shape import WHOLE
from superthread.scopes import MEMORIES_READ

FOLDER = "prompts/"
# Of one's own, and of all teams together; of which they are looked for.
MOST, PAGES = 50, 4
MOST_ARGUMENTS = 10
_ARGUMENT = re.compile(r"\{\{\s*([A-Za-z][A-Za-z0-9_]{0,39})\s*\}\}")
_OWN = {
    "recall_before_answering": (
        "Recall before answering",
        "Look for what is known about something, then answer with it.",
        "Before you answer, look with search_memories for what was said, decided or learned about "
        "this: {{topic}}\n\nRead what matters with get_memory. Answer from it, say which memories "
        "you used, and where they contradict each other or may be out of date. If nothing is "
        "there, say so.",
    ),
    "save_what_was_decided": (
        "Save what was decided",
        "Save the decisions of this conversation, each for itself.",
        "Go through this conversation and find what was settled: decisions and their reasons, "
        "preferences, facts that will matter again. {{focus}}\n\nShow me the list first. For each "
        "one look with search_memories whether there is a memory about it: correct that with "
        "update_memory, or save a new one with save_memory, so that it can be understood alone. "
        "Leave out secrets, and what is true for today alone.",
    ),
}


def list_prompts(call: Call, caller: Caller) -> dict[str, Any]:
    """All at once."""
    own = [_told(name, *said) for name, said in _OWN.items()]
    return {"prompts": [*own, *_kept(caller.by)]}


def _told(name: str, title: str, description: str, text: str) -> dict[str, Any]:
    told = {"name": name, "title": title, "description": description}
    arguments = [{"name": word, "required": False} for word in _arguments(text)]
    return told | ({"arguments": arguments} if arguments else {})


def _arguments(text: str) -> list[str]:
    """The words in double braces, each once, in their order."""
    return list(dict.fromkeys(_ARGUMENT.findall(text)))[:MOST_ARGUMENTS]


def _kept(by: Principal) -> Iterator[dict[str, Any]]:
    """The prompts that memories are."""
    if not by.may(MEMORIES_READ):
        return
    for scope in ("personal", "team"):
        asked = {"path_prefix": FOLDER, "limit": str(MOST), "scope": scope}
        # What others have shared is left out here: a list of one's own alone costs ten times as
        # much, and every client asks for this one.
        found = gathered(by, partial(_prompt, by), WHOLE, pages=PAGES, **asked)
        yield from [one for one in found if one is not None][:MOST]


def _prompt(by: Principal, row: Row) -> dict[str, Any] | None:
    """None for what others have shared."""
    is_own = row["owner_id"] == by.user_id if row["team_key"] is None else by.team(row["team_key"])
    if not is_own:
        return None
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    name = row["path"].removeprefix(FOLDER).removesuffix(NOTE)
    place = f"team/{row['team_key']}" if row["team_key"] else "personal"
    whose = f"Of the team {row['team_key']}." if row["team_key"] else "Your own."
    return _told(f"{place}/{name}", row["title"] or name, whose, row["content"])


def get_prompt(call: Call, caller: Caller) -> dict[str, Any]:
    """The messages of a prompt with its arguments in their places."""
    name, given = call.params.get("name"), call.params.get("arguments") or {}
    if not isinstance(name, str) or not _is_texts(given):
        raise Fault(INVALID_PARAMS, "params.name is a prompt's name, and arguments are texts.")
    description, text = _found(name, caller.by)
    filled = _ARGUMENT.sub(lambda word: given.get(word[1], ""), text)
    message = {"role": "user", "content": {"type": "text", "text": filled}}
    return {"description": description, "messages": [message]}


def _is_texts(given: Any) -> bool:
    return isinstance(given, dict) and all(isinstance(value, str) for value in given.values())


def _found(name: str, by: Principal) -> tuple[str, str]:
    if name in _OWN:
        return _OWN[name][1:]
    row = _row(name, by) if by.may(MEMORIES_READ) else None
    if row is None:
        raise NotFound("There is no such prompt.")
    note_shown(row["id"], row["owner_id"], by=by)
    return row["title"], row["content"]


def _row(name: str, by: Principal) -> Row | None:
    """The memory of a prompt; None where there is none."""
    scope, _, rest = name.partition("/")
    team_key, _, rest = rest.partition("/") if scope == "team" else ("", "", rest)
    if scope not in ("personal", "team") or not rest:
        return None
    for path in (f"{FOLDER}{rest}{NOTE}", f"{FOLDER}{rest}"):
        try:
            return chosen({"id": "", "path": path, "scope": scope, "team_key": team_key}, by)
        except NotFound:
            continue
    return None
