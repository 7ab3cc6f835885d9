"""What the double remembers: accounts, drives, files, tokens, and a clock that tests move."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from testing.google.document import Document
from testing.google.units import paragraph_end

DOC = "application/vnd.google-apps.document"
FOLDER = "application/vnd.google-apps.folder"
ROLES = ["reader", "commenter", "writer", "fileOrganizer", "organizer", "owner"]
FULL_SCOPE = "https://www.googleapis.com/auth/drive"


class Clock:
    """The real time, plus what a test added."""

    def __init__(self) -> None:
        self._added = timedelta()
        self._last = datetime.fromtimestamp(0, UTC)
        self._lock = threading.Lock()

    def advance(self, seconds: float) -> None:
        self._added += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._added

    def stamp(self) -> datetime:
        """Now, and later than every earlier stamp by at least a millisecond."""
        with self._lock:
            self._last = max(self.now(), self._last + timedelta(milliseconds=1))
            return self._last


def rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


@dataclass
class Account:
    """A person or a service account; a service account has no storage of its own."""

    email: str
    service: bool = False
    quota_limit: int = 15 * 2**30
    usage: int = 0

    @property
    def permission_id(self) -> str:
        return permission_id(self.email)

    @property
    def root(self) -> str:
        return "0A" + hashlib.sha256(self.email.encode()).hexdigest()[:15] + "PVA"

    def user(self) -> dict[str, Any]:
        return {
            "kind": "drive#user",
            "displayName": self.email.split("@")[0],
            "emailAddress": self.email,
            "permissionId": self.permission_id,
        }


def permission_id(email: str) -> str:
    return str(int(hashlib.sha256(email.lower().encode()).hexdigest()[:16], 16)).zfill(20)


@dataclass(frozen=True)
class Caller:
    """Who a bearer token speaks for, through which app, with which scopes."""

    account: Account
    app: str
    scopes: frozenset[str]


@dataclass
class File:
    id: str
    name: str
    mime: str
    created: datetime
    modified: datetime
    parents: list[str]
    owner: str | None
    modifier: str
    drive_id: str | None = None
    description: str | None = None
    trashed: bool = False
    version: int = 1
    properties: dict[str, dict[str, str]] = field(default_factory=dict)  # by app
    permissions: dict[str, dict[str, Any]] = field(default_factory=dict)
    opened: set[tuple[str, str]] = field(default_factory=set)  # (app, e-mail): drive.file
    document: Document | None = None
    revisions: list[tuple[str, datetime, str, str]] = field(default_factory=list)
    texts: list[tuple[datetime, str]] = field(default_factory=list)  # for the lagging index


@dataclass
class World:
    """Everything behind the API; hold `lock` while reading or changing it."""

    clock: Clock = field(default_factory=Clock)
    lock: threading.RLock = field(default_factory=threading.RLock)
    accounts: dict[str, Account] = field(default_factory=dict)
    drives: dict[str, dict[str, str]] = field(default_factory=dict)  # id -> e-mail -> role
    files: dict[str, File] = field(default_factory=dict)
    changes: list[tuple[str, str]] = field(default_factory=list)  # (file id, time)
    access_tokens: dict[str, tuple[Caller, datetime]] = field(default_factory=dict)
    refresh_tokens: dict[str, Caller] = field(default_factory=dict)
    list_lag: float = 0.0
    text_lag: float = 0.0
    # Address -> the one that is answered.
    aliases: dict[str, str] = field(default_factory=dict)
    # Or "drop", or "add": what an import does with a last newline.
    import_newline: str = "keep"
    # Which of two merged paragraphs: Google does not say.
    first_stays: bool = False
    # Seconds until a change is in the feed.
    change_lag: float = 0.0
    trash_is_inherited: bool = True
    all_lists_lag: float = 0.0  # also those by parent alone
    before_update: Callable[[], None] | None = None  # once, before the next batchUpdate
    keep_revisions: bool = False
    permission_race: float = 0.005

    def account(self, email: str, **more: Any) -> Account:
        """The account with this address, made if need be."""
        return self.accounts.setdefault(email, Account(email, **more))

    def shared_drive(self, **members: str) -> str:
        """Make a shared drive; members by e-mail, as `**{"a@example.com": "writer"}`."""
        drive_id = "0A" + secrets.token_hex(8) + "UkPVA"
        self.drives[drive_id] = dict(members)
        return drive_id

    def token(
        self, email: str, app: str = "hub", scope: str = FULL_SCOPE + ".file", *, ttl: int = 3600
    ) -> str:
        """A bearer token for an account."""
        caller = Caller(self.account(email), app, frozenset(scope.split()))
        token = "ya29.double-" + secrets.token_urlsafe(24)
        self.access_tokens[token] = (caller, self.clock.now() + timedelta(seconds=ttl))
        return token

    def caller(self, token: str) -> Caller | None:
        found = self.access_tokens.get(token)
        return found[0] if found and found[1] > self.clock.now() else None

    def role(self, email: str, file: File) -> str | None:
        """The highest role on a file: its own, its drive's, or inherited from a folder."""
        roles = [p["role"] for p in file.permissions.values() if p.get("emailAddress") == email]
        if file.drive_id and email in self.drives[file.drive_id]:
            roles.append(self.drives[file.drive_id][email])
        above = [self.role(email, self.files[p]) for p in file.parents if p in self.files]
        roles.extend("writer" if role == "owner" else role for role in above if role)
        return max(roles, key=ROLES.index, default=None)

    def in_trash(self, file: File) -> bool:
        """Whether it or a folder above it was put there."""
        above = [self.files[parent] for parent in file.parents if parent in self.files]
        inherited = self.trash_is_inherited and any(self.in_trash(folder) for folder in above)
        return file.trashed or inherited

    def visible(self, caller: Caller, file: File) -> bool:
        if self.role(caller.account.email, file) is None:
            return False
        return FULL_SCOPE in caller.scopes or (caller.app, caller.account.email) in file.opened

    def add_file(self, caller: Caller, **fields: Any) -> File:
        """Store a new file; the caller owns it unless it is on a shared drive."""
        now = self.clock.stamp()
        email = caller.account.email
        file = File(
            id="1" + secrets.token_urlsafe(40)[:43].replace("-", "x"),
            created=now,
            modified=now,
            owner=None if fields.get("drive_id") else email,
            modifier=email,
            **fields,
        )
        if file.owner:
            file.permissions[permission_id(email)] = self.permission(email, "owner")
        file.opened.add((caller.app, email))
        self.files[file.id] = file
        if file.document:
            file.document.first_stays = self.first_stays
            self.note_text(file, email, now)
        self.changes.append((file.id, rfc3339(now)))
        return file

    def permission(self, email: str, role: str) -> dict[str, Any]:
        return {
            "kind": "drive#permission",
            "id": permission_id(email),
            "type": "user",
            "role": role,
            "emailAddress": email,
            "displayName": email.split("@")[0],
            "deleted": False,
            "pendingOwner": False,
        }

    def touch(self, file: File, email: str, *, content: bool = False) -> None:
        """Note that a file changed."""
        file.modified, file.modifier = self.clock.stamp(), email
        file.version += 1
        if content and file.document:
            self.note_text(file, email, file.modified)
        self.changes.append((file.id, rfc3339(file.modified)))

    def note_text(self, file: File, email: str, moment: datetime) -> None:
        assert file.document
        number = str(int(file.revisions[-1][0]) + 3) if file.revisions else "1"
        file.revisions.append((number, moment, email, file.document.text))
        file.texts.append((moment, file.document.text))

    def copy_as_human(self, file_id: str) -> str:
        """What "Make a copy" does; answers the id of the copy."""
        with self.lock:
            original = self.files[file_id]
            caller = Caller(self.account(original.owner or ""), "hub", frozenset())
            copy = self.add_file(
                caller,
                name=f"Copy of {original.name}",
                mime=original.mime,
                parents=list(original.parents),
                description=original.description,
                document=original.document.copied() if original.document else None,
            )
            copy.properties = {app: dict(own) for app, own in original.properties.items()}
            return copy.id

    def edit_as_human(self, file_id: str, text: str, email: str | None = None) -> None:
        """What a person does in Google's editor: writes another text over all there was."""
        self.shape_as_human(file_id, Document(text), email)

    def shape_as_human(self, file_id: str, document: Document, email: str | None = None) -> None:
        """What a person does in Google's editor: makes another document of it."""
        with self.lock:
            file = self.files[file_id]
            assert file.document
            file.document = document
            self.touch(file, email or file.owner or "editor@example.com", content=True)

    def type_as_human(self, file_id: str, text: str) -> None:
        """What a person types at the end of the first paragraph."""
        with self.lock:
            file = self.files[file_id]
            assert file.document
            body = file.document.tabs[0].body
            at = paragraph_end(body, 1)
            file.document.edit([{"insertText": {"location": {"index": at}, "text": text}}], None)
            self.touch(file, file.owner or "editor@example.com", content=True)
