"""Claude's data export: conversations, projects and memories, as one ZIP or several, lists or
objects, files or folders of files. Of each conversation the branch that was shown last.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from superthread.transfer.formats.conversations import YOU, Conversation, Turn, items_of
from superthread.transfer.formats.drafts import (
    Paths,
    clean,
    in_parts,
    metadata_of,
    moments,
    segment,
)
from superthread.transfer.formats.json_stream import TOO_LONG, BadJson
from superthread.transfer.formats.reading import ReadOptions, elements_of, said_by_keys
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome, printable

NAME = "claude"
_SPEAKERS = {"human": YOU, "assistant": "Claude"}
_CONVERSATION = {"uuid", "name", "created_at", "updated_at", "chat_messages", "account"}
_PROJECT = {"uuid", "name", "description", "prompt_template", "docs", "created_at", "updated_at"}
_MEMORIES = {"conversations_memory", "project_memories", "memory_files", "account_uuid"}
# Who has an account is nothing that anybody would look for.
_PASSED_OVER = ("users.json",)


def recognised(tree: Tree) -> bool:
    """By what the first element of one of its files has."""
    return any(_kind(said_by_keys(tree, name)) for name in tree.ending(".json"))


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """Conversations, the instructions and documents of projects, and what Claude remembers."""
    paths = Paths()
    for name in tree.ending(".json"):
        if name.rpartition("/")[2].lower() in _PASSED_OVER:
            continue
        for number, value in elements_of(tree, name):
            yield from _element(value, f"{printable(name)}:{number}", paths, asked)


def _kind(keys: set[str]) -> str:
    if "chat_messages" in keys:
        return "conversation"
    if {"uuid", "name", "docs"} <= keys:
        return "project"
    return "memories" if keys & _MEMORIES - {"account_uuid"} else ""


def _element(
    value: Any, place: str, paths: Paths, asked: ReadOptions
) -> Iterator[Item | TransferOutcome]:
    kind = _kind(set(value)) if isinstance(value, dict) else ""
    if isinstance(value, BadJson):
        yield TransferOutcome(Kind.FAILED, place, str(value))
    elif value is TOO_LONG:
        yield TransferOutcome(Kind.FAILED, place, "It is too long to be read.")
    elif not kind:
        why = "This is neither a conversation nor a project nor memories."
        yield TransferOutcome(Kind.SKIPPED, place, why)
    elif kind == "memories":
        yield from _memories(value, place, paths)
    elif not isinstance(value.get("uuid"), str):
        yield TransferOutcome(Kind.FAILED, place, f"The {kind} has no uuid.")
    elif kind == "project":
        yield from _project(value, place, paths)
    else:
        yield from _conversation(value, place, paths, asked)


def _conversation(
    value: Mapping[str, Any], place: str, paths: Paths, asked: ReadOptions
) -> Iterator[Item | TransferOutcome]:
    messages = value["chat_messages"]
    shown = _shown(messages if isinstance(messages, list) else [], value)
    turns = [turn for message in shown if (turn := _turn(message))]
    facts = {name: item for name, item in value.items() if name not in _CONVERSATION}
    one = Conversation(
        *(NAME, clean(value["uuid"]), clean(value.get("name")), value.get("created_at")),
        *(value.get("updated_at"), turns, facts, len(shown) - len(turns)),
    )
    yield from items_of(one, place, paths, exchanges=asked.exchanges)


def _shown(messages: list[Any], value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The messages that lead to the last one; all in their order, where none names its parent."""
    told = [one for one in messages if isinstance(one, dict)]
    if not any(isinstance(one.get("parent_message_uuid"), str) for one in told):
        return told
    by_id = {one["uuid"]: one for one in told if isinstance(one.get("uuid"), str)}
    current = by_id.get(str(value.get("current_leaf_message_uuid")))
    # The later of two of one moment is the one that stands behind.
    newest = max(enumerate(told), key=lambda pair: (str(pair[1].get("created_at")), pair[0]))[1]
    path: dict[int, Mapping[str, Any]] = {}
    one: Mapping[str, Any] | None = current or newest
    while one is not None and id(one) not in path:
        path[id(one)] = one
        one = by_id.get(str(one.get("parent_message_uuid")))
    return list(path.values())[::-1]


def _turn(message: Mapping[str, Any]) -> Turn | None:
    said = _SPEAKERS.get(str(message.get("sender")))
    if said is None:
        return None
    attached = _named(message, "attachments")
    texts = [_text(message)]
    texts += [
        f"### {clean(one.get('file_name'))}\n\n{clean(one['extracted_content'])}"
        for one in attached
        if one.get("extracted_content")
    ]
    files = [clean(one["file_name"]) for one in [*attached, *_named(message, "files")]]
    text = "\n\n".join(filter(str.strip, texts)) or "\n".join(f"({name})" for name in files)
    if not text.strip():
        return None
    return Turn(clean(message.get("uuid")), said, text, message.get("created_at"), files)


def _named(message: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = message.get(name)
    return [
        one
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict) and isinstance(one.get("file_name"), str)
    ]


def _text(message: Mapping[str, Any]) -> str:
    """Its texts without thoughts and what tools did; older files have one text alone."""
    content = message.get("content")
    blocks = [
        clean(one.get("text"))
        for one in (content if isinstance(content, list) else [])
        if isinstance(one, dict) and one.get("type") == "text"
    ]
    return "\n\n".join(filter(None, blocks)) or clean(message.get("text"))


def _project(
    value: Mapping[str, Any], place: str, paths: Paths
) -> Iterator[Item | TransferOutcome]:
    key, name = clean(value["uuid"]), clean(value.get("name")) or "Untitled"
    folder = (NAME, "projects", segment(name))
    facts = {one: item for one, item in value.items() if one not in _PROJECT}
    about = {"title": name, "source": NAME, "project_id": key, **facts}
    told = [clean(value.get("description")), clean(value.get("prompt_template"))]
    text = "\n\n".join(filter(str.strip, told))
    times = moments(value.get("created_at"), value.get("updated_at"))
    if text:
        head = f"# {' '.join(name.split())}\n\n"
        path = paths.free(key, *folder, "about")
        yield from _texts(text, head, f"claude:project:{key}", place, path, about, times)
    docs = value.get("docs")
    for number, doc in enumerate(docs if isinstance(docs, list) else [], 1):
        where = f"{place} document {number}"
        if not isinstance(doc, dict) or not clean(doc.get("content")).strip():
            yield TransferOutcome(Kind.SKIPPED, where, "There is no text in it.")
            continue
        doc_key = clean(doc.get("uuid")) or str(number)
        filename = clean(doc.get("filename")) or "Untitled"
        about = {"title": filename, "source": NAME, "project": name, "project_id": key}
        path = paths.free(doc_key, *folder, segment(filename))
        times = moments(doc.get("created_at"), None)
        name_ = f"claude:project:{key}/{doc_key}"
        yield from _texts(clean(doc["content"]), "", name_, where, path, about, times)
    if not text and not docs:
        yield TransferOutcome(Kind.SKIPPED, place, "There is no text in it.")


def _memories(
    value: Mapping[str, Any], place: str, paths: Paths
) -> Iterator[Item | TransferOutcome]:
    account = clean(value.get("account_uuid")) or "account"
    named = [("conversations", value.get("conversations_memory"))]
    for name, part in (("project", "project_memories"), ("file", "memory_files")):
        named += [(f"{name} {key}", text) for key, text in _pairs(value.get(part))]
    found = False
    for name, text in named:
        if not clean(text).strip():
            continue
        found = True
        about = {"title": f"What Claude remembers: {name}", "source": NAME}
        path = paths.free(account, NAME, "memories", segment(name))
        source = f"claude:memory:{account}:{name}"
        yield from _texts(clean(text), "", source, f"{place} {printable(name)}", path, about, {})
    if not found:
        yield TransferOutcome(Kind.SKIPPED, place, "There is no text in it.")


def _pairs(value: Any) -> list[tuple[str, Any]]:
    """Texts by their names: of an object, or of a list of objects with a name and a content."""
    if isinstance(value, dict):
        return [
            (clean(key), item.get("content") if isinstance(item, dict) else item)
            for key, item in value.items()
        ]
    return [
        (clean(one.get("path") or one.get("name") or one.get("uuid")), one.get("content"))
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, dict)
    ]


def _texts(
    text: str,
    head: str,
    name: str,
    place: str,
    path: str | None,
    about: Mapping[str, Any],
    times: Mapping[str, str],
) -> Iterator[Item]:
    facts, odd = metadata_of(about)
    for number, part in enumerate(in_parts(head, [text]), 1):
        again = {} if number == 1 else {"part": number}
        fields = {"content": part, "metadata": {**facts, **again}, **times}
        if path is not None and number == 1:
            fields["path"] = path
        yield Item(
            f"{place} part {number}" if number > 1 else place,
            name if number == 1 else f"{name}#{number}",
            *(fields, None, odd if number == 1 else "", True),
        )
