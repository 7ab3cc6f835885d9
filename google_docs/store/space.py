"""Where memories live: folders of Google identities, and finding one file among them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from google_docs.client.calls import Calls, File
from google_docs.errors import GoogleDocsError, NoSuchFile
from google_docs.events import DocumentChanged, DocumentKind
from google_docs.store import file_properties
from google_docs.text.pieces import Shown
from memory_hub.accounts.models import normal_email
from memory_hub.core.errors import NotFound
from memory_hub.core.identity import Identity
from superthread.policies import ABSENT, Role, require

# File ids are opaque; recorded ones have 33 to 44 characters of this alphabet.
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{10,128}", re.ASCII)


@dataclass(frozen=True)
class Space:
    """One folder: a user's own (`u<id>`) or a team's (`t<id>`), under one Google identity.

    `folder` is empty until the first memory is saved. `role` is what the caller may do with
    memories there that others saved. `is_listed` says that its memories are in the caller's lists,
    searches and counts: not those of a team that they were only invited to. `exclusive` says that
    the identity is this space's alone; one that serves everybody (a service account) is not, and
    then Google's own permissions say nothing about the caller.
    """

    key: str
    scope: str
    team_key: str | None
    folder: str
    snapshots: str
    role: Role
    is_listed: bool
    exclusive: bool
    calls: Calls


class RecentWrites(Protocol):
    """The writes of the last minutes, for lists that lag behind them."""

    async def note(self, space: str, doc_ids: list[str], *, gone: bool = False) -> None:
        """Remember that these were saved, or that they went."""

    async def among(self, spaces: list[str]) -> dict[str, tuple[str, bool]]:
        """Document id → (space, gone), of the last minutes, newest first."""


class Known(Protocol):
    """What the hub last wrote into a document's description, should people write over it."""

    async def line(self, doc_id: str) -> dict[str, Any] | None:
        """The facts of one; None where nothing is known."""

    async def keep(self, doc_id: str, line: dict[str, Any]) -> None:
        """Remember them."""

    async def forget(self, doc_id: str) -> None:
        """The document was purged."""


class Texts(Protocol):
    """The texts of many documents, for lists and searches: the same that a single read shows."""

    async def of(self, found: "Located") -> Shown:
        """The text of one. Raises GoogleDocsError, soon: the others wait for it."""


@dataclass(frozen=True)
class Reach:
    """Who is asking and all that they can reach; `tell` announces what they changed; `broken`: why
    a space cannot be used."""

    by: Identity
    spaces: tuple[Space, ...]
    recent: RecentWrites
    texts: Texts
    known: Known
    tell: Callable[..., Awaitable[None]]
    broken: Mapping[str, GoogleDocsError] = field(default_factory=dict)
    # Whether the address is known to be theirs: else what Google shares with it is not for them.
    is_proven: bool = True

    @property
    def user_id(self) -> int:
        """The user who is asking."""
        return self.by.user_id

    @property
    def email(self) -> str:
        """Their address."""
        return self.by.email

    def changed(self, kind: DocumentKind, doc_id: str, space: Space) -> DocumentChanged:
        """What they did to a document, as an event."""
        return DocumentChanged(self.by.actor, self.by.origin, kind, doc_id, space.key)

    @property
    def listed(self) -> tuple[Space, ...]:
        """The spaces that lists, searches and counts are drawn from."""
        return tuple(space for space in self.spaces if space.is_listed)

    def space(self, scope: str, team_key: str | None) -> Space | None:
        wanted = (scope, team_key)
        return next((s for s in self.spaces if (s.scope, s.team_key) == wanted), None)


@dataclass(frozen=True)
class Located:
    """A memory's file, the space through which the caller reaches it, and the caller's role."""

    space: Space
    file: File
    role: Role

    @property
    def doc_id(self) -> str:
        return self.file["id"]

    @property
    def calls(self) -> Calls:
        return self.space.calls


def is_file_id(doc_id: str) -> bool:
    """Whether Google could have made this id; anything else is not worth a call."""
    return _FILE_ID.fullmatch(doc_id) is not None


async def locate(reach: Reach, doc_id: str, least: Role) -> Located:
    """The memory with this id. NotFound for what is not the caller's to see, RoleTooLow below
    `least`; an account that cannot be asked is told only if no other one has the file."""
    if not is_file_id(doc_id):
        raise NotFound(ABSENT)
    by_identity = {space.calls.identity: space for space in reach.spaces}
    looks = [_look(reach, space, doc_id) for space in by_identity.values()]
    answers = await asyncio.gather(*looks, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, Located):
            require(answer.role, least)
            return answer
    failures = [a for a in answers if isinstance(a, BaseException)] + [*reach.broken.values()]
    for failure in failures:
        raise failure
    raise NotFound(ABSENT)


async def _look(reach: Reach, space: Space, doc_id: str) -> Located | None:
    """The file as one identity sees it, or None."""
    try:
        file = await space.calls.file(doc_id)
    except NoSuchFile:
        return None
    return await admitted(reach, space.calls.identity, file)


async def admitted(reach: Reach, identity: str, file: File) -> Located | None:
    """The caller's way to a file that one of their identities can see; None for a foreign file,
    one in the trash, an expired one, and one that was moved out of our folder."""
    if not file_properties.is_memory(file) or file.get("trashed") or expired(file):
        return None
    if not file_properties.has_line(file):
        line = await reach.known.line(file["id"])
        file = file_properties.with_line(file, line) if line else file
    mine = [space for space in reach.spaces if space.calls.identity == identity]
    for space in mine:
        if file["appProperties"].get("space") == space.key:
            if space.folder not in file.get("parents", []):
                return None
            own = file["appProperties"].get("by") == str(reach.user_id)
            return Located(space, file, Role.OWNER if own else space.role)
    return await _shared(reach, mine[0], file)


async def _shared(reach: Reach, space: Space, file: File) -> Located | None:
    """A memory of somebody else that was shared with the caller in Google."""
    if space.exclusive:
        if file.get("ownedByMe") or file.get("parents"):
            return None
        role = Role.EDITOR if file.get("capabilities", {}).get("canEdit") else Role.VIEWER
        return Located(space, file, role)
    if not reach.is_proven:
        return None
    for permission in await space.calls.permissions(file["id"]):
        if normal_email(permission.get("emailAddress", "")) == reach.email:
            role = granted_role(file, permission)
            return Located(space, file, role) if role else None
    return None


def granted_role(file: File, permission: dict[str, Any]) -> Role | None:
    """Our role for one of Google's permissions on a file; None for what is not a grant."""
    if permission.get("type") != "user" or permission.get("deleted"):
        return None
    if permission["role"] == "writer":
        admin = file_properties.admin_key(permission["id"]) in file.get("appProperties", {})
        return Role.ADMIN if admin else Role.EDITOR
    return Role.VIEWER if permission["role"] in {"reader", "commenter"} else None


def expired(file: File) -> bool:
    """Whether the memory's own time is over; Google keeps the file all the same."""
    until = file_properties.end_of_life(file)
    return until is not None and until <= datetime.now(UTC)
