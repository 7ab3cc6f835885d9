"""From a caller to the spaces they reach: whose credential, which folder, which role."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from django.utils import timezone

from google_docs.access.announcing import announce
from google_docs.access.folders import MADE_AGAIN, FolderQuery, find_or_make
from google_docs.access.known_properties import DatabaseKnownFacts
from google_docs.access.recent_writes import DatabaseRecentWrites
from google_docs.access.stored_places import connections_of, folders_of
from google_docs.access.token_encryption import BadKey
from google_docs.backend import Backend, backend
from google_docs.errors import GoogleDocsError, NoSuchFile, NotConnected
from google_docs.models import WARNED, Connection, Folder
from google_docs.store.listed_texts import CachedTexts
from google_docs.store.space import Reach, Space
from memory_hub.accounts.models import DefaultRole, TeamRole
from memory_hub.accounts.principal import Principal, TeamPlace
from memory_hub.threads.worker_pool import run_in_worker
from superthread.policies import Role

T = TypeVar("T")
# Two requests of one process must not make the same folder twice; two processes are settled by
# the database.
_making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
# Folders that stand in for those of the table, in this context alone.
_instead: ContextVar[Mapping[tuple[str, str], Folder] | None] = ContextVar("_instead", default=None)


@dataclass(frozen=True)
class Home:
    """A place that the caller may have memories in, whether or not its folder exists yet."""

    key: str
    scope: str
    team_key: str | None
    role: Role
    connection: Connection | None
    is_listed: bool


def _homes(by: Principal) -> list[Home]:
    connections = connections_of(by.user_id, by.email)
    by_user = {c.user_id: c for c in connections if c.user_id}
    by_team = {c.team_id: c for c in connections if c.team_id}
    own = Home(f"u{by.user_id}", "personal", None, Role.OWNER, by_user.get(by.user_id), True)
    return [own] + [
        Home(
            *(f"t{place.team_id}", "team", place.team_key, role_in(place)),
            *(by_team.get(place.team_id), place.accepted),
        )
        for place in by.teams
    ]


def role_in(place: TeamPlace) -> Role:
    """What a member may do with the memories of others in a team."""
    if place.role == TeamRole.ADMIN:
        return Role.ADMIN
    return Role.EDITOR if place.default_role == DefaultRole.EDITOR else Role.VIEWER


class DocsCaller:
    """One request's view of Google: the reach of its principal."""

    def __init__(
        self, by: Principal, google: Backend, homes: list[Home], folders: dict[Any, Folder]
    ) -> None:
        self.by, self.google, self.homes = by, google, homes
        # What happened to the folder of a save, in words.
        self.notice: str | None = None
        spaces, broken = [], {}
        for home in homes:
            try:
                space = self._space(home, folders)
            except GoogleDocsError as error:
                broken[home.key] = error
                continue
            if space is not None:
                spaces.append(space)
        self.reach = Reach(
            by,
            tuple(spaces),
            DatabaseRecentWrites(),
            CachedTexts(google.documents),
            DatabaseKnownFacts(),
            announce,
            broken,
            is_proven=not by.vouched_by,
        )

    def _calls(self, home: Home) -> Any:
        """The identity of a home: its own connection, else the one that serves everybody."""
        if home.connection is not None:
            try:
                return self.google.calls_of(home.connection)
            except BadKey:
                raise NotConnected("The stored consent cannot be read; connect again.") from None
        return self.google.service_calls()

    def _space(self, home: Home, folders: dict[Any, Folder]) -> Space | None:
        calls = self._calls(home)
        if calls is None:
            return None
        identity = _identity(home)
        folder = folders.get((identity, home.key))
        return Space(
            key=home.key,
            scope=home.scope,
            team_key=home.team_key,
            folder=folder.folder_id if folder else "",
            snapshots=folder.snapshots_id if folder else "",
            role=home.role,
            is_listed=home.is_listed,
            exclusive=home.connection is not None,
            calls=calls,
        )

    def require_connected(self) -> None:
        """Raises NotConnected unless some account serves this caller."""
        if self.reach.broken and not self.reach.spaces:
            raise next(iter(self.reach.broken.values()))
        if self.google.service_calls() is None and not any(h.connection for h in self.homes):
            raise NotConnected("Connect a Google account first.")

    async def space_for(self, scope: str, team_key: str | None) -> Space:
        """The space to save into, with its folder made if need be. The place was checked."""
        found = self.reach.space(scope, team_key)
        return found if found and found.folder else await self._make_space(scope, team_key)

    async def _make_space(
        self, scope: str, team_key: str | None, *, gone: str | None = None
    ) -> Space:
        """The space with folders that are there; `gone` are those that were not."""
        home = next(h for h in self.homes if (h.scope, h.team_key) == (scope, team_key))
        space = self._space(home, {})
        if space is None:
            whose = f"team {team_key}" if team_key else "you"
            raise NotConnected(f"No Google account is connected for {whose}.")
        lock = _making.setdefault(f"{_identity(home)} {home.key}", asyncio.Lock())
        async with lock:
            row = await run_in_worker(_folder_row, _identity(home), home.key)
            if row is None or row.folder_id == gone:
                if row is not None:
                    await run_in_worker(_forget_folder, _identity(home), home.key, row.folder_id)
                row = await self._make_folders(space, home, again=gone is not None)
        return replace(space, folder=row.folder_id, snapshots=row.snapshots_id)

    async def _make_folders(self, space: Space, home: Home, *, again: bool) -> Folder:
        """The folder of a space and the one for its snapshots; of two processes the first wins."""
        label = f"team {home.team_key}" if home.team_key else "personal"
        pair = await find_or_make(space.calls, self.wanted(home), label, again=again)
        row = await run_in_worker(
            _keep_folder, _identity(home), space.key, pair.folder, pair.snapshots
        )
        if pair.notice in {None, MADE_AGAIN}:
            # Where another process was faster. To the trash, not for good: something may be in it.
            for lost in {pair.folder, pair.snapshots} - {row.folder_id, row.snapshots_id}:
                await space.calls.update(lost, {"trashed": True})
        self.notice = self.notice or pair.notice
        return row

    def ending(self, space: Space) -> dict[str, Any]:
        """When Google ends the consent behind a space, and in its last days a warning."""
        home = next(h for h in self.homes if h.key == space.key)
        ends_at = home.connection.ends_at if home.connection else None
        if ends_at is None or home.connection is None:
            return {"consent_ends_at": None, "warning": None}
        soon = ends_at - timezone.now() <= WARNED
        return {"consent_ends_at": ends_at, "warning": home.connection.ending if soon else None}

    def noticed(self) -> dict[str, str]:
        """What an answer says of the folder, if there is anything to say."""
        return {"notice": self.notice} if self.notice else {}

    def wanted(self, home: Home) -> FolderQuery:
        """The marks that the folders of a home have."""
        config = self.google.config
        parent = config.folder_id or config.drive_id if not home.connection else ""
        owner = home.team_key or self.by.email
        return FolderQuery(home.key, home.scope, owner, parent or "root")

    async def renew_space(self, space: Space) -> Space:
        """The space with folders that Google shows, since the old ones are gone or in the trash."""
        return await self._make_space(space.scope, space.team_key, gone=space.folder)

    @contextmanager
    def in_folders_of(self, space: Space) -> Iterator[None]:
        """Meanwhile, in this context, what belongs to the space is in the folders of this one."""
        home = next(h for h in self.homes if h.key == space.key)
        row = Folder(folder_id=space.folder, snapshots_id=space.snapshots)
        before = _instead.set({(_identity(home), space.key): row})
        try:
            yield
        finally:
            _instead.reset(before)


def _identity(home: Home) -> str:
    """Folders belong to a Google account: another account means other folders."""
    connection = home.connection
    return f"account:{connection.permission_id}"[:64] if connection else "service"


async def caller_of(by: Principal) -> DocsCaller:
    """What this principal reaches. Raises NotConfigured and NotConnected."""
    google = await backend()
    homes, folders = await run_in_worker(_load, by)
    caller = DocsCaller(by, google, homes, folders)
    caller.require_connected()
    return caller


def _load(by: Principal) -> tuple[list[Home], dict[Any, Folder]]:
    homes = _homes(by)
    return homes, {**folders_of([home.key for home in homes]), **(_instead.get() or {})}


def _folder_row(identity: str, space: str) -> Folder | None:
    return Folder.objects.filter(identity=identity, space=space).first()


def _forget_folder(identity: str, space: str, folder_id: str) -> None:
    Folder.objects.filter(identity=identity, space=space, folder_id=folder_id).delete()


def _keep_folder(identity: str, space: str, folder_id: str, snapshots_id: str) -> Folder:
    row, _ = Folder.objects.get_or_create(
        identity=identity,
        space=space,
        defaults={"folder_id": folder_id, "snapshots_id": snapshots_id},
    )
    return row


def note_trouble(folder_id: str, words: str) -> None:
    """Keep for the connect page what is wrong with a folder; empty for nothing."""
    Folder.objects.filter(folder_id=folder_id).exclude(trouble=words).update(trouble=words)


async def saved_in(caller: DocsCaller, space: Space, save: Callable[[Space], Awaitable[T]]) -> T:
    """Await `save(space)`, once more in other folders if the old one is gone or in the trash."""
    try:
        return await save(space)
    except NoSuchFile:
        return await save(await caller.renew_space(space))
