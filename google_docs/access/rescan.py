"""Finding folders and memories again for a database that was lost or is older than they are.

What Google holds says whose it is: the folders by their marks, each memory by the line of facts in
its description. The numbers of users and teams may be others than they were: they are written anew.
"""

from dataclasses import dataclass

from google_docs.access.announcing import announce
from google_docs.access.folders import FolderQuery, mark_of, of_kind
from google_docs.backend import Backend, backend
from google_docs.client.calls import Calls, File
from google_docs.client.file_queries import all_of, child_of, has
from google_docs.events import DocumentChanged, DocumentKind
from google_docs.models import Connection, Folder
from google_docs.store import file_properties
from memory_hub.accounts.models import Team, User
from memory_hub.core.errors import HubError
from memory_hub.core.identity import Identity
from memory_hub.threads.worker_pool import run_in_worker

PAGE = 1000


@dataclass(frozen=True)
class Source:
    """One identity of Google's, and whose memories it may hold: anybody's where none is named."""

    identity: str
    calls: Calls
    user: User | None = None
    team: Team | None = None


@dataclass(frozen=True)
class Home:
    """Whom a folder belongs to in this database."""

    space: str
    scope: str
    owner: str


@dataclass
class Found:
    """What one folder came to, to be told."""

    folder_id: str
    space: str | None = None
    memories: int = 0
    rewritten: int = 0
    note: str = ""


async def rescan(*, dry_run: bool, by: Identity) -> list[Found]:
    """Look through every Google account of this hub; what is written anew is told of. Raises
    NotConfigured."""
    found: list[Found] = []
    for source in await run_in_worker(_sources, await backend()):
        try:
            folders = await _all(source.calls, has("mh_kind", "folder"))
        except HubError as error:
            found.append(Found("", note=f"{source.identity} cannot be asked: {error}"))
            continue
        found += [await _folder(source, folder, dry_run=dry_run, by=by) for folder in folders]
    return found


def _sources(google: Backend) -> list[Source]:
    service = google.service_calls()
    sources = [Source("service", service)] if service else []
    for connection in Connection.objects.select_related("user", "team"):
        identity = f"account:{connection.permission_id}"[:64]
        calls = google.calls_of(connection)
        sources.append(Source(identity, calls, connection.user, connection.team))
    return sources


async def _all(calls: Calls, query: str) -> list[File]:
    found: list[File] = []
    page: str | None = None
    while True:
        answer = await calls.files(query, size=PAGE, page=page)
        found += answer.get("files", [])
        page = answer.get("nextPageToken")
        if page is None:
            return found


async def _folder(source: Source, folder: File, *, dry_run: bool, by: Identity) -> Found:
    told = Found(folder["id"])
    inside = await _all(source.calls, all_of(child_of(folder["id"]), has("mh", "1")))
    memories = [file for file in inside if file_properties.is_memory(file)]
    told.memories = len(memories)
    home = await run_in_worker(_home, source, folder, memories)
    if home is None:
        told.note = "of nobody in this database, or of another hub"
        return told
    told.space = home.space
    if folder.get("trashed"):
        told.note = "in Google's trash"
    wrong = [(file, who) for file in memories if (who := await _wrong(home, file)) is not None]
    told.rewritten = len(wrong)
    if dry_run:
        return told
    wanted = FolderQuery(home.space, home.scope, home.owner, (folder.get("parents") or ["root"])[0])
    mark = {"appProperties": mark_of(wanted, "folder")}
    await source.calls.update(folder["id"], mark | {"trashed": False})
    old = folder.get("appProperties", {}).get("space", "")
    snapshots = await of_kind(source.calls, wanted, "snapshots", known_as=old)
    for file, who in wrong:
        own = {"space": home.space, "by": str(who)}
        await source.calls.update(file["id"], {"appProperties": own})
        changed = (DocumentKind.UPDATED, file["id"], home.space)
        await announce(DocumentChanged(by.actor, by.origin, *changed))
    told.note = await run_in_worker(_keep, source.identity, home, folder["id"], snapshots)
    return told


def _home(source: Source, folder: File, memories: list[File]) -> Home | None:
    """By what the memories say, else by the folder's own mark."""
    if memories:
        known = file_properties.of(memories[0])
        home = _of_team(known.team_key) if known.scope == "team" else _of_user(known.owner)
        return home if home and _may_hold(source, home) else None
    own = folder.get("appProperties", {})
    kind, number = own.get("space", "")[:1], own.get("space", "")[1:]
    if not number.isdecimal():
        return None
    if kind == "u":
        user = User.objects.filter(pk=int(number)).first()
        home = _of_user(user.email) if user else None
    else:
        team = Team.objects.filter(pk=int(number)).first()
        home = _of_team(team.key) if team else None
    same = home and FolderQuery(home.space, home.scope, home.owner, "").who == own.get("who")
    return home if home and same and _may_hold(source, home) else None


def _of_user(email: str) -> Home | None:
    user = User.objects.filter(email=email.lower()).first()
    return Home(f"u{user.pk}", "personal", user.email) if user else None


def _of_team(key: str | None) -> Home | None:
    team = Team.objects.filter(key=key).first() if key else None
    return Home(f"t{team.pk}", "team", team.key) if team else None


def _may_hold(source: Source, home: Home) -> bool:
    if source.user is not None:
        return home.space == f"u{source.user.pk}"
    return source.team is None or home.space == f"t{source.team.pk}"


async def _wrong(home: Home, file: File) -> int | None:
    """The author's number, where the file says another space or another number."""
    known = file_properties.of(file)
    by = await run_in_worker(_number_of, known.owner)
    same = known.space == home.space and by in {known.author, None}
    return None if same else by or 0


def _number_of(email: str) -> int | None:
    return User.objects.filter(email=email.lower()).values_list("pk", flat=True).first()


def _keep(identity: str, home: Home, folder_id: str, snapshots_id: str) -> str:
    row, made = Folder.objects.get_or_create(
        identity=identity,
        space=home.space,
        defaults={"folder_id": folder_id, "snapshots_id": snapshots_id},
    )
    if made:
        return "found again"
    return "known" if row.folder_id == folder_id else f"beside {row.folder_id}, which is used"
