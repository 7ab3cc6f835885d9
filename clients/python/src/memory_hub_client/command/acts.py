"""What each command does: a function of the hub and the arguments, which returns what is said."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from memory_hub_client.calls import HubError
from memory_hub_client.command import editing, fetching, moving, sending
from memory_hub_client.command.failing import Failed
from memory_hub_client.generated.models import (
    MemoryPutRequest,
    NewMemoryRequest,
    SearchBodyRequest,
)
from memory_hub_client.hub import Hub

LISTED = 20
NOT_FOUND = 404


def doc_id_of(hub: Hub, named: str) -> str:
    """The id of a memory that is named by it, or by its path in one's own space."""
    try:
        return (
            hub.get_memory(named, fields="doc_id")["doc_id"]
            if "/" not in named
            else _at(hub, named)
        )
    except HubError as error:
        if error.status != NOT_FOUND:
            raise
        return _at(hub, named)


def _at(hub: Hub, path: str) -> str:
    return str(hub.get_personal_path(path)["doc_id"])


def _line(memory: Mapping[str, Any]) -> str:
    # A token that may not read is told the id alone.
    if "title" not in memory:
        return str(memory["doc_id"])
    return f"{memory['doc_id']}  {memory['path'] or '-'}  {memory['title']}"


def save(hub: Hub, given: Namespace) -> Iterator[str]:
    """A new memory, of the argument or of standard input."""
    content = given.text if given.text is not None else sys.stdin.read()
    fields: MemoryPutRequest = {"content": content}
    if given.category:
        fields["category"] = given.category
    if given.tag:
        fields["metadata"] = {"tags": given.tag}
    if given.path and given.scope == "personal":
        yield _line(hub.put_personal_path(given.path, fields))
        return
    memory: NewMemoryRequest = {
        **fields,
        "scope": "team" if given.team else given.scope,
        "path": given.path,
        "team_key": given.team,
    }
    yield _line(hub.save_memory(memory))


def search(hub: Hub, given: Namespace) -> Iterator[str]:
    """What answers a query, best first."""
    asked: SearchBodyRequest = {"query": " ".join(given.words), "limit": given.limit}
    for one in hub.search_memories(asked)["results"]:
        yield _line(one)
        yield f"    {' '.join(one['highlight'].split())}"


def show(hub: Hub, given: Namespace) -> Iterator[str]:
    """The content of a memory."""
    yield hub.get_memory(doc_id_of(hub, given.memory))["content"]


def edit(hub: Hub, given: Namespace) -> Iterator[str]:
    """A memory in the editor."""
    doc_id = doc_id_of(hub, given.memory)
    changed = editing.edit(
        hub, doc_id, lambda text: editing.in_editor(text, given.environment), given.tell
    )
    yield "Saved." if changed else "Nothing was changed."


def log(hub: Hub, given: Namespace) -> Iterator[str]:
    """The versions of a memory, newest first."""
    for one in hub.list_versions(doc_id_of(hub, given.memory), limit=given.limit)["versions"]:
        mark = "*" if one["current"] else " "
        yield (
            f"{mark} {one['number']:>4}  {one['created_at'][:19]}  {one['author'] or '-'}  "
            f"{one['description'] or ''}".rstrip()
        )


def diff(hub: Hub, given: Namespace) -> Iterator[str]:
    """What changed between two versions."""
    told = hub.diff_versions(doc_id_of(hub, given.memory), from_=given.old, to=given.new)
    yield told["diff"].rstrip("\n")


def restore(hub: Hub, given: Namespace) -> Iterator[str]:
    """The content of a version, as a new one."""
    doc_id, cursor = doc_id_of(hub, given.memory), None
    while True:
        page = hub.list_versions(doc_id, limit=50, cursor=cursor)
        for one in page["versions"]:
            if one["number"] == given.version:
                yield _line(hub.restore_version(doc_id, one["version_id"]))
                return
        cursor = page["next_cursor"]
        if cursor is None:
            raise Failed(f"There is no version {given.version}.")


def share(hub: Hub, given: Namespace) -> Iterator[str]:
    """A memory with somebody, or no longer."""
    role = None if given.role == "none" else given.role
    doc_id = doc_id_of(hub, given.memory)
    told: Mapping[str, Any] = hub.change_permissions(doc_id, {"permissions": {given.email: role}})
    # A token that may not read is not told who else has which.
    for email, present in sorted(told.get("permissions", {given.email: given.role}).items()):
        yield f"{email}  {present}"


def bring_in(hub: Hub, given: Namespace) -> Iterator[str]:
    """Memories from a file or a folder: what the hub wrote as JSON Lines by their paths, and what a
    restricted token brings, all else by the hub itself."""
    source = Path(given.source)
    if not source.exists():
        raise Failed(f"There is no {source}.")
    if moving.is_own(source, given) or not sending.may_send(hub):
        moving.require_plain(given)
        saved, problems = moving.bring_in(hub, source)
        yield from problems
        yield f"{saved} saved, {len(problems)} refused."
        if not saved or problems:
            raise Failed("Not everything was imported." if saved else "Nothing was imported.")
        return
    yield from sending.send(hub, source, given)


def export(hub: Hub, given: Namespace) -> Iterator[str]:
    """Memories as JSON Lines, as an archive or as a tree of Markdown."""
    if given.format != "jsonl":
        if given.target == "-":
            raise Failed(f"Name a file for the {given.format}.")
        if given.scope:
            raise Failed("--scope is of JSON Lines: there is all that you may read in the others.")
        yield from fetching.fetch(hub, Path(given.target), given.format)
        return
    scope: Any = given.scope or "personal"
    if given.target == "-":
        moving.export(hub, sys.stdout, scope=scope)
        return
    with Path(given.target).open("w", encoding="utf-8") as file:
        count = moving.export(hub, file, scope=scope)
    yield f"{count} exported."
