"""ChatGPT's data export: ``conversations.json``, since 2026 ``conversations-000.json`` and so on,
in any folder. Of each conversation the branch that was shown last: from the current node upwards.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from superthread.transfer.formats.conversations import YOU, Conversation, Turn, items_of
from superthread.transfer.formats.drafts import Paths, clean
from superthread.transfer.formats.json_stream import TOO_LONG, BadJson
from superthread.transfer.formats.reading import ReadOptions, elements_of, said_by_keys
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome, printable

NAME = "chatgpt"
_FILE = re.compile(r"(?:^|/)conversations(?:-\d+)?\.json$", re.IGNORECASE)
_KNOWN = {"title", "create_time", "update_time", "mapping", "current_node", "conversation_id", "id"}
# Marks of citations, which show as links on the site alone.
_CITED = re.compile("\ue200[^\ue201]{0,200}\ue201")
_SPEAKERS = {"user": YOU, "assistant": "ChatGPT"}
_TEXTS = ("text", "multimodal_text", "code", "tether_quote")


def recognised(tree: Tree) -> bool:
    """By the names of its files and what the first conversation has."""
    return any("mapping" in said_by_keys(tree, name) for name in _files(tree))


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """The conversations, a memory each, or as many as they have exchanges."""
    paths = Paths()
    for name in _files(tree):
        for number, value in elements_of(tree, name):
            yield from _conversation(value, f"{printable(name)}:{number}", paths, asked)


def _files(tree: Tree) -> list[str]:
    named = [name for name in tree.files if _FILE.search(name)]
    return named or ([next(iter(tree.files))] if tree.single else [])


def _conversation(
    value: Any, place: str, paths: Paths, asked: ReadOptions
) -> Iterator[Item | TransferOutcome]:
    if isinstance(value, BadJson):
        yield TransferOutcome(Kind.FAILED, place, str(value))
        return
    if value is TOO_LONG:
        yield TransferOutcome(Kind.FAILED, place, "The conversation is too long to be read.")
        return
    mapping = value.get("mapping") if isinstance(value, dict) else None
    if not isinstance(mapping, dict):
        yield TransferOutcome(Kind.FAILED, place, "This is no conversation: it has no mapping.")
        return
    key = value.get("conversation_id") or value.get("id")
    if not isinstance(key, str):
        yield TransferOutcome(Kind.FAILED, place, "The conversation has no id.")
        return
    shown = _shown(mapping, value.get("current_node"))
    turns = [turn for node, message in shown if (turn := _turn(node, message))]
    facts = {name: item for name, item in value.items() if name not in _KNOWN}
    one = Conversation(
        *(NAME, clean(key), clean(value.get("title")), value.get("create_time")),
        *(value.get("update_time"), turns, facts, len(shown) - len(turns)),
    )
    yield from items_of(one, place, paths, exchanges=asked.exchanges)


def _shown(mapping: Mapping[str, Any], current: Any) -> list[tuple[str, dict[str, Any]]]:
    """The messages from the first to the current one, each with its node's id."""
    node = current if isinstance(current, str) and current in mapping else _newest(mapping)
    path: list[tuple[str, dict[str, Any]]] = []
    met: set[str] = set()
    while isinstance(node, str) and node in mapping and node not in met:
        met.add(node)
        held = mapping[node]
        if not isinstance(held, dict):
            break
        message = held.get("message")
        if isinstance(message, dict) and not _is_root(message):
            path.append((node, message))
        node = held.get("parent")
    return path[::-1]


def _newest(mapping: Mapping[str, Any]) -> str | None:
    """The leaf whose message is the newest, where the file names no current node."""
    leaves = [
        (_time(held), node)
        for node, held in mapping.items()
        if isinstance(held, dict) and not held.get("children")
    ]
    return max(leaves, default=(0.0, None), key=lambda pair: pair[0])[1]


def _time(held: Mapping[str, Any]) -> float:
    message = held.get("message")
    told = message.get("create_time") if isinstance(message, dict) else None
    return told if isinstance(told, int | float) else 0.0


def _is_root(message: Mapping[str, Any]) -> bool:
    """The empty message of the system that each conversation begins with."""
    return _role(message) == "system"


def _role(message: Mapping[str, Any]) -> str:
    author = message.get("author")
    return str(author.get("role", "")) if isinstance(author, dict) else ""


def _turn(node: str, message: Mapping[str, Any]) -> Turn | None:
    """What was shown of a message, None where nothing was."""
    said = _SPEAKERS.get(_role(message))
    about = message.get("metadata")
    about = about if isinstance(about, dict) else {}
    content = message.get("content")
    to_all = message.get("recipient", "all") in ("all", None)
    hidden = about.get("is_visually_hidden_from_conversation")
    if said is None or hidden or not to_all or not isinstance(content, dict):
        return None
    text = _CITED.sub("", _text(content)).strip()
    attached = about.get("attachments")
    files = [
        clean(one["name"])
        for one in (attached if isinstance(attached, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str)
    ]
    if not text and not files:
        return None
    text = text or "\n".join(f"({name})" for name in files)
    return Turn(clean(node), said, text, message.get("create_time"), files)


def _text(content: Mapping[str, Any]) -> str:
    if content.get("content_type") not in _TEXTS:
        return ""
    if isinstance(content.get("text"), str):
        return clean(content["text"])
    parts = content.get("parts")
    return "\n\n".join(filter(None, map(_part, parts if isinstance(parts, list) else [])))


def _part(part: Any) -> str:
    """A text, what was said aloud, or the name of what stood there."""
    if isinstance(part, str):
        return clean(part)
    if not isinstance(part, dict):
        return ""
    if isinstance(part.get("text"), str):
        return clean(part["text"])
    pointer = clean(part.get("asset_pointer"))
    return f"({pointer.rpartition('/')[2]})" if pointer else ""
