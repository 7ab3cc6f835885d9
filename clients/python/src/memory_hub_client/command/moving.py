"""Memories from files, and into files."""

import hashlib
import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from memory_hub_client.calls import HubError
from memory_hub_client.command.failing import Failed
from memory_hub_client.generated.models import MemoryPutRequest, SaveItemRequest
from memory_hub_client.hub import Hub

AT_ONCE, BYTES = 100, 4 * 2**20
TEXTS, LINES = (".md", ".txt", ".markdown"), (".jsonl", ".json", ".ndjson")
# What only the hub itself does with a file.
OPTIONS = ("format", "exchanges", "dry_run", "scope", "team", "category")
# Of a line: what is taken, and what of it may be null.
TAKEN = ("content", "category", "metadata", "expires_at", "scope", "team_key", "path")


def export(hub: Hub, target: TextIO, *, scope: Literal["personal", "public", "all"]) -> int:
    """Writes memories as JSON Lines, oldest place of paths first; how many."""
    count, cursor = 0, None
    while True:
        page = hub.list_memories(scope=scope, limit=100, cursor=cursor)
        for memory in page["memories"]:
            target.write(json.dumps(memory, ensure_ascii=False) + "\n")
            count += 1
        cursor = page["next_cursor"]
        if cursor is None:
            return count


def is_own(source: Path, given: Namespace) -> bool:
    """Whether it is a file of lines with contents, as ``hub export`` writes them, and nothing is
    asked for that only the hub itself can do."""
    if source.is_dir() or source.suffix not in LINES or _asked(given):
        return False
    with source.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
    try:
        told = json.loads(first)
    except ValueError:
        return False
    return isinstance(told, dict) and isinstance(told.get("content"), str)


def require_plain(given: Namespace) -> None:
    """Raises Failed where more is asked for than saving what is there."""
    if found := _asked(given):
        named = ", ".join(f"--{name.replace('_', '-')}" for name in found)
        raise Failed(f"A restricted token saves what is there as it stands, without {named}.")


def _asked(given: Namespace) -> list[str]:
    return [name for name in OPTIONS if getattr(given, name)]


def bring_in(hub: Hub, source: Path) -> tuple[int, list[str]]:
    """Saves what a file of JSON Lines, a text, or a folder of texts has; how many, and why others
    were not. Safe to run again: what has a path is the memory at that path, and the same part of a
    file is saved once a day. Raises Failed."""
    drafts = list(_drafts(source))
    saved, problems = 0, []
    for draft in drafts:
        path = draft.get("path")
        if not path:
            continue
        try:
            _put(hub, draft, path)
            saved += 1
        except HubError as error:
            problems.append(f"{path}: {error}")
    for part in _parts([one for one in drafts if not one.get("path")]):
        key = hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()
        told = hub.save_memories({"memories": part}, idempotency_key=key)
        saved += told["saved_count"]
        problems += [
            f"{part[one['index']]['content'][:40]!r}: {one['problem']['detail']}"
            for one in told["results"]
            if "problem" in one
        ]
    return saved, problems


def _put(hub: Hub, draft: SaveItemRequest, path: str) -> None:
    fields: MemoryPutRequest = {"content": draft["content"]}
    if "category" in draft:
        fields["category"] = draft["category"]
    if "metadata" in draft:
        fields["metadata"] = draft["metadata"]
    if "expires_at" in draft:
        fields["expires_at"] = draft["expires_at"]
    scope, team_key = draft.get("scope", "personal"), draft.get("team_key")
    if scope == "team":
        hub.put_team_path(team_key or "", path, fields)
    elif scope == "public":
        hub.put_public_path(path, fields)
    else:
        hub.put_personal_path(path, fields)


def _drafts(source: Path) -> Iterator[SaveItemRequest]:
    if source.is_dir():
        for file in sorted(source.rglob("*")):
            name = file.relative_to(source)
            is_hidden = any(part.startswith(".") for part in name.parts)
            if file.suffix in TEXTS and file.is_file() and not (is_hidden or file.is_symlink()):
                yield {"content": _read(file), "path": name.as_posix()}
    elif source.suffix in LINES:
        yield from _lines(source)
    else:
        yield {"content": _read(source), "path": source.name}


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{file} cannot be read: {error}") from None


def _lines(source: Path) -> Iterator[SaveItemRequest]:
    # Other ends of lines may stand in texts as they are.
    for number, line in enumerate(_read(source).split("\n"), 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            content = told["content"]
        except (ValueError, KeyError, TypeError):
            raise Failed(f"{source}, line {number}: no JSON object with a content.") from None
        # What the fields are is for the hub to judge.
        taken: Any = {name: told[name] for name in TAKEN if told.get(name) is not None}
        taken["content"] = content
        yield taken


def _parts(drafts: list[SaveItemRequest]) -> Iterator[list[SaveItemRequest]]:
    part: list[SaveItemRequest] = []
    size = 0
    for draft in drafts:
        more = len(json.dumps(draft))
        if part and (len(part) == AT_ONCE or size + more > BYTES):
            yield part
            part, size = [], 0
        part.append(draft)
        size += more
    if part:
        yield part
