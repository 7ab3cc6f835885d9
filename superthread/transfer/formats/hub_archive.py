"""A whole hub as one file: a ZIP of JSON Lines with a manifest, brought back by another hub.

What is in which file and what lines have is in docs/transfer.md. Of one person it is the same with
what they may read (`personal.py`).
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, User
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.services import operators as accounts
from memory_hub.core.identity import Identity
from memory_hub.core.text import rfc3339
from superthread.models import Transfer
from superthread.services import ownership
from superthread.transfer.exporting import ExportOptions, Shown, lines
from superthread.transfer.formats.json_stream import BadJson
from superthread.transfer.formats.reading import ReadOptions, lines_of
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, TransferOutcome
from superthread.transfer.jsonl import read_jsonl

NAME = "archive"
KIND, VERSION = "memory-hub-archive", 1
MANIFEST, ACCOUNTS, TEAMS = "manifest.json", "accounts.jsonl", "teams.jsonl"
MEMORIES, PROPOSALS = "memories.jsonl", "proposals.jsonl"
_FILES = (ACCOUNTS, TEAMS, MEMORIES, PROPOSALS)
_WHOLE = ExportOptions(sources=True, history=True, grants=True)
_BLOCK = 2**20


class BadManifest(ValueError):
    """The archive is of another version, or not what its manifest says; the message says so."""


# Writing.


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into an archive. ``by`` is who reads it, None the operator; ``facts`` are what the
    manifest says beside."""

    memories: Q
    accounts: QuerySet[User]
    teams: Iterable[dict[str, Any]]
    proposals: QuerySet[Transfer]
    by: Principal | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def everything() -> Contents:
    """Everything there is."""
    return Contents(stored(), User.objects.all(), _teams(), Transfer.objects.all())


def stored() -> Q:
    """All but what has expired, which nobody can read any more."""
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())


def write(file: BinaryIO, contents: Contents, *, shown: Shown) -> int:
    """Writes the archive into the file, which may be sought; ``shown`` is called for each memory.
    Returns how many memories there are."""
    told: dict[str, dict[str, Any]] = {}
    written = 0

    def found() -> Iterator[bytes]:
        nonlocal written
        for memory in lines(contents.memories, _WHOLE, by=contents.by, shown=shown):
            written += 1
            yield from memory

    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, told, ACCOUNTS, _accounts(contents.accounts))
        _write(archive, told, TEAMS, map(_packed, contents.teams))
        _write(archive, told, MEMORIES, found())
        _write(archive, told, PROPOSALS, _proposals(contents.proposals))
        manifest = {"kind": KIND, "version": VERSION, "made_at": rfc3339(timezone.now())}
        packed = orjson.dumps(
            manifest | contents.facts | {"files": told}, option=orjson.OPT_INDENT_2
        )
        archive.writestr(MANIFEST, packed)
    return written


def _write(
    archive: zipfile.ZipFile, told: dict[str, dict[str, Any]], name: str, found: Iterable[bytes]
) -> None:
    digest, count, size = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as file:
        for line in found:
            file.write(line)
            digest.update(line)
            count, size = count + 1, size + len(line)
    told[name] = {"lines": count, "bytes": size, "sha256": digest.hexdigest()}


def _packed(line: dict[str, Any]) -> bytes:
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _accounts(found: QuerySet[User]) -> Iterator[bytes]:
    for email in found.order_by("pk").values_list("email", flat=True).iterator():
        yield _packed({"email": email})


def _teams() -> Iterator[dict[str, Any]]:
    for team in Team.objects.order_by("pk").iterator():
        places = team.memberships.order_by("pk")
        yield told_of(team, list(places.values("email", "role", "accepted", "invited_by")))


def told_of(team: Team, members: list[dict[str, Any]]) -> dict[str, Any]:
    """A team as its line says it."""
    named = {"team_key": team.key, "name": team.name, "default_role": team.default_role}
    return {**named, "created_at": rfc3339(team.created_at), "members": members}


def _proposals(found: QuerySet[Transfer]) -> Iterator[bytes]:
    columns = ("memory__doc_id", "email", "offered_by__email", "offered_at")
    for doc_id, email, sender, moment in found.order_by("pk").values_list(*columns).iterator():
        told = {"doc_id": str(doc_id), "to": email, "offered_by": sender}
        yield _packed({**told, "offered_at": rfc3339(moment)})


# Reading.


def recognised(tree: Tree) -> bool:
    """By its manifest."""
    return set(tree.files) >= {MANIFEST, *_FILES} and _manifest(tree).get("kind") == KIND


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """The memories, each of its versions a line. Raises BadManifest before the first."""
    verify(tree)
    yield from read_jsonl(
        tree.files[MEMORIES], field_map=asked.notes.field_map, advance=tree.advance
    )


@contextmanager
def around(tree: Tree, *, by: Identity) -> Iterator[None]:
    """What of an archive stands before its memories, and then, behind the block, what stands after
    them. Raises BadManifest before anything is written."""
    verify(tree)
    for line in _told(tree, ACCOUNTS):
        services.ensure_user(line["email"], by=by)
    for line in _told(tree, TEAMS):
        _bring_team(line, by)
    yield
    for line in _told(tree, PROPOSALS):
        ownership.bring_back(
            doc_id=UUID(line["doc_id"]),
            to=line["to"],
            sender=services.ensure_user(line["offered_by"], by=by).pk,
            offered_at=line["offered_at"],
            by=by,
        )


def verify(tree: Tree) -> None:
    """Raises BadManifest where the files are not those that the manifest tells of."""
    manifest = _manifest(tree)
    if manifest.get("kind") != KIND or manifest.get("version") != VERSION:
        raise BadManifest(f"This is no archive of version {VERSION}.")
    told = manifest.get("files")
    for name in _FILES:
        digest = hashlib.sha256()
        if name not in tree.files:
            raise BadManifest(f"{name} is missing.")
        with tree.files[name].open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        said = told.get(name, {}) if isinstance(told, dict) else {}
        if said.get("sha256") != digest.hexdigest():
            raise BadManifest(f"{name} is not what the manifest says: its checksum is another.")


def _manifest(tree: Tree) -> dict[str, Any]:
    try:
        with tree.unseen(), tree.open(MANIFEST) as file:
            found = orjson.loads(file.read(_BLOCK))
    except (OSError, KeyError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(tree: Tree, name: str) -> Iterator[dict[str, Any]]:
    for number, line in lines_of(tree, name):
        if isinstance(line, BadJson) or not isinstance(line, dict):
            raise BadManifest(f"{name}:{number} is no JSON object.")
        yield line


@transaction.atomic
def _bring_team(line: dict[str, Any], by: Identity) -> None:
    """The team with its members; what this hub has of it stays."""
    is_new = not Team.objects.filter(key=line["team_key"]).exists()
    team = accounts.ensure_team(line["team_key"], by=by)
    if is_new:
        team.name, team.default_role = line["name"], line["default_role"]
        accounts.store_team(team, by=by)
    known = set(Membership.objects.filter(team=team).values_list("email", flat=True))
    for place in line["members"]:
        if place["email"] not in known:
            services.bring_member(team=team, place=place, by=by)
