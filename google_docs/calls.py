"""Each call of Google that the store makes: its parameters, its mask, its cost and its safety."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from google_docs import answers, quota
from google_docs.answers import Reader
from google_docs.errors import (
    BadAnswer,
    CredentialRefused,
    GoogleRefused,
    NoSuchFile,
    NotEditable,
    ReauthorizationRequired,
    RevisionMismatch,
)
from google_docs.quota import Buckets, Cost
from google_docs.retry import Policy, Safety, persist
from google_docs.text.pieces import Reading, Shown

if TYPE_CHECKING:  # the transport brings Google's libraries along
    from google_docs.transport import Build, Transport

DOC = "application/vnd.google-apps.document"
FOLDER = "application/vnd.google-apps.folder"
FILE = (
    "id,name,description,appProperties,createdTime,modifiedTime,version,size,trashed,parents,"
    "driveId,webViewLink,ownedByMe,capabilities(canEdit,canShare,canTrash,canDelete)"
)
# All that is in the tabs: what this hub does not know of yet is shown by its name, not left out.
DOCUMENT = "documentId,revisionId,suggestionsViewMode,tabs"
PERMISSION = (
    "id,type,role,emailAddress,domain,displayName,expirationTime,deleted,pendingOwner,"
    "permissionDetails(inherited,inheritedFrom,permissionType,role)"
)
INLINE, PREVIEW = "SUGGESTIONS_INLINE", "PREVIEW_WITHOUT_SUGGESTIONS"
DEFAULT = "DEFAULT_FOR_CURRENT_ACCESS"  # inline for who may edit
EXPORT_HOSTS = {"docs.google.com", "www.googleapis.com"}
HASTE = 5.0  # seconds
ALL_DRIVES = {"supportsAllDrives": True}
File = dict[str, Any]
T = TypeVar("T")


class Calls:
    """Google as one identity sees it. Errors are `GoogleDocsError`s.

    `drive_id` is the shared drive that this identity works on, if any.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Any,
        *,
        identity: str,
        buckets: Buckets,
        policy: Policy,
        drive_id: str | None = None,
        bulk: int = 20,
        refused: Callable[[str], Awaitable[None]] | None = None,
        rotated: Callable[[str], Awaitable[None]] | None = None,
    ):
        self.transport, self.credentials, self.identity = transport, credentials, identity
        self.buckets, self.policy, self.drive_id = buckets, policy, drive_id
        self._patient = False
        self._patience: float | None = None  # seconds to wait for room in the buckets
        # Awaited when Google no longer accepts the credential, and when it gave another token.
        self._refused, self._rotated = refused, rotated
        # Of one identity's batches and lists with contents so many calls are under way at once:
        # the other threads stay free for everybody else.
        self.bulk = asyncio.Semaphore(bulk)

    async def _do(
        self, build: Build, read: Reader[T], cost: Cost, safety: Safety = Safety.READ
    ) -> T:
        tries = count()

        async def attempt(left: float) -> T:
            await self._admit(cost, left)
            again = next(tries) > 0
            writes = safety is not Safety.READ
            return await self.transport.run(
                build, read, self.credentials, left, again=again, writes=writes
            )

        return await self._with_token(lambda: self._persist(self._renewing(attempt), safety))

    async def _with_token(self, work: Callable[[], Awaitable[T]]) -> T:
        """Note for others what happened to the credential meanwhile: refused, or exchanged."""
        try:
            done = await work()
        except (ReauthorizationRequired, CredentialRefused) as error:
            if self._refused:
                await self._refused(str(error))
            raise
        if self._rotated and (token := self.credentials.take_rotated()):
            await self._rotated(token)
        return done

    def _renewing(
        self, attempt: Callable[[float], Awaitable[T]]
    ) -> Callable[[float], Awaitable[T]]:
        """The attempt with a token; after a 401 once more with another one."""

        async def renewed(left: float) -> T:
            began = time.monotonic()
            await self.transport.ready(self.credentials, left)
            token = self.credentials.token_in_use
            try:
                return await attempt(left)
            except ReauthorizationRequired:
                self.credentials.reject(token)
                left -= time.monotonic() - began
                await self.transport.ready(self.credentials, max(left, 0.1))
                return await attempt(max(left, 0.1))

        return renewed

    async def _admit(self, cost: Cost, left: float) -> None:
        """Wait until the call may go out. Raises Gone before anything is taken for it."""
        self.transport.require_reachable()
        await self.buckets.take(self.identity, cost, left, self._patience)

    async def _persist(self, attempt: Callable[[float], Awaitable[T]], safety: Safety) -> T:
        return await persist(attempt, safety=safety, policy=self.policy, patient=self._patient)

    def patient(self) -> Calls:
        """The same calls, for the one question that must be answered: whether a write whose
        answer got lost was carried out. They wait for a Google that is gone, too."""
        calls = copy(self)
        calls._patient = True
        return calls

    def hasty(self) -> Calls:
        """The same calls, for one of many: they give up soon, since the others wait for it."""
        calls = copy(self)
        calls.policy = replace(self.policy, tries=2, deadline=min(self.policy.deadline, HASTE))
        calls._patience = HASTE / 10
        return calls

    # Files

    async def create_document(self, body: File, text: str) -> File:
        """One file with its text: an import, since that costs no Docs quota. Never repeated here
        once it may have happened: `once.py` looks it up by its key first."""

        def build(google: Any) -> Any:
            return google.files.create(
                body=body | {"mimeType": DOC},
                media_body=self.transport.text_media(text),
                fields=FILE,
                **ALL_DRIVES,
            )

        return await self._do(build, answers.file, quota.EDIT, Safety.ONCE)

    async def create_folder(self, body: File) -> File:
        def build(google: Any) -> Any:
            return google.files.create(
                body=body | {"mimeType": FOLDER}, fields="id,name,appProperties", **ALL_DRIVES
            )

        return await self._do(build, answers.new_id, quota.EDIT, Safety.ONCE)

    async def copy(self, file_id: str, body: File) -> File:
        def build(google: Any) -> Any:
            return google.files.copy(fileId=file_id, body=body, fields=FILE, **ALL_DRIVES)

        return await self._do(build, answers.file, quota.EDIT, Safety.ONCE)

    async def file(self, file_id: str) -> File:
        def build(google: Any) -> Any:
            return google.files.get(fileId=file_id, fields=FILE, **ALL_DRIVES)

        return await self._do(build, answers.file_with(file_id), quota.GET)

    async def update(self, file_id: str, body: File) -> File:
        """Name, description, properties (null removes one), trashed: the same done twice."""

        def build(google: Any) -> Any:
            return google.files.update(fileId=file_id, body=body, fields=FILE, **ALL_DRIVES)

        return await self._do(build, answers.file_with(file_id), quota.EDIT, Safety.REPEATABLE)

    async def delete(self, file_id: str) -> None:
        """For good; one that is already gone is no error."""

        def build(google: Any) -> Any:
            return google.files.delete(fileId=file_id, **ALL_DRIVES)

        try:
            await self._do(build, answers.nothing, quota.EDIT, Safety.REPEATABLE)
        except NoSuchFile:
            return

    async def files(
        self,
        q: str,
        *,
        size: int,
        page: str | None = None,
        order: str | None = "modifiedTime desc",
        fields: str = FILE,
    ) -> File:
        """One page of the files that match; with `order` None for full-text queries."""
        where: dict[str, Any] = {"spaces": "drive"}
        if self.drive_id:
            where |= {"corpora": "drive", "driveId": self.drive_id}
            where |= {"includeItemsFromAllDrives": True}
        if order:
            where["orderBy"] = order

        def build(google: Any) -> Any:
            return google.files.list(
                q=q,
                pageSize=size,
                pageToken=page,
                fields=f"nextPageToken,incompleteSearch,files({fields})",
                **where,
                **ALL_DRIVES,
            )

        read = answers.files if fields == FILE else answers.parts_of_files
        return await self._do(build, read, quota.LIST)

    async def export(self, file_id: str) -> bytes:
        def build(google: Any) -> Any:
            return google.files.export(fileId=file_id, mimeType="text/plain")

        return await self._do(build, answers.plain, quota.DOWNLOAD)

    # Documents

    async def document(self, file_id: str) -> Shown:
        """The text as it is shown, with all tabs, and the revision."""
        return await self._document(file_id, DOCUMENT, DEFAULT, answers.text_of(file_id))

    async def revision(self, file_id: str) -> str | None:
        """The revision alone; None for who may not edit."""
        fields = "documentId,revisionId"
        return await self._document(file_id, fields, PREVIEW, answers.revision_of(file_id))

    async def extent(self, file_id: str) -> Reading:
        """The pieces of the text with their indexes, pending suggestions included: writing by the
        indexes of the clean view would hit other text. NotEditable without a revision."""
        found = await self._document(file_id, DOCUMENT, INLINE, answers.document_with(file_id))
        if found.revision is None or not found.inline:
            raise NotEditable("Google tells this account no revision of the document.")
        return found

    async def _document(self, file_id: str, fields: str, view: str, read: Reader[T]) -> T:
        def build(google: Any) -> Any:
            return google.documents.get(
                documentId=file_id,
                fields=fields,
                suggestionsViewMode=view,
                includeTabsContent=True,
            )

        return await self._do(build, read, quota.DOCS_READ)

    async def rewrite(self, file_id: str, requests: list[File], required: str) -> str:
        """Carry out the edits if the document still has the revision; answers the new one.

        RevisionMismatch when it has another one: what Google says of that is a sentence, which
        may change, so the revision is read.
        """

        def build(google: Any) -> Any:
            return google.documents.batchUpdate(
                documentId=file_id,
                body={"requests": requests, "writeControl": {"requiredRevisionId": required}},
                fields="writeControl(requiredRevisionId)",
            )

        try:
            answer = await self._do(build, answers.written, quota.DOCS_WRITE, Safety.ONCE)
        except GoogleRefused as refused:
            if await self.revision(file_id) == required:
                raise
            mismatch = RevisionMismatch("The document changed since it was read.")
            mismatch.said = refused.said
            raise mismatch from None
        return answer["writeControl"]["requiredRevisionId"]

    # Permissions; whoever writes holds the lock of the file (see sharing.py)

    async def permissions(self, file_id: str) -> list[File]:
        return await _all_pages("permissions", lambda page: self._permission_page(file_id, page))

    async def _permission_page(self, file_id: str, page: str | None) -> File:
        def build(google: Any) -> Any:
            return google.permissions.list(
                fileId=file_id,
                fields=f"nextPageToken,permissions({PERMISSION})",
                pageSize=100,
                pageToken=page,
                **ALL_DRIVES,
            )

        return await self._do(build, answers.permissions, quota.LIST)

    async def grant(self, file_id: str, email: str, role: str, *, notify: bool) -> File:
        """The permission that Google made; a second grant to one address replaces the first."""

        def build(google: Any) -> Any:
            return google.permissions.create(
                fileId=file_id,
                body={"type": "user", "role": role, "emailAddress": email},
                sendNotificationEmail=notify,
                fields=PERMISSION,
                **ALL_DRIVES,
            )

        return await self._do(build, answers.permission, quota.EDIT, Safety.REPEATABLE)

    async def change_grant(self, file_id: str, permission_id: str, role: str) -> None:
        def build(google: Any) -> Any:
            return google.permissions.update(
                fileId=file_id,
                permissionId=permission_id,
                body={"role": role},
                fields="id",
                **ALL_DRIVES,
            )

        await self._do(build, answers.new_id, quota.EDIT, Safety.REPEATABLE)

    async def revoke(self, file_id: str, permission_id: str) -> None:
        def build(google: Any) -> Any:
            return google.permissions.delete(
                fileId=file_id, permissionId=permission_id, **ALL_DRIVES
            )

        try:
            await self._do(build, answers.nothing, quota.EDIT, Safety.REPEATABLE)
        except NoSuchFile:
            return

    # Revisions, changes, the account

    async def revisions(self, file_id: str) -> list[File]:
        """Google's own revisions, oldest first; it merges and drops them as it likes."""
        return await _all_pages("revisions", lambda page: self._revision_page(file_id, page))

    async def _revision_page(self, file_id: str, page: str | None) -> File:
        fields = "id,modifiedTime,lastModifyingUser(displayName,emailAddress),published"

        def build(google: Any) -> Any:
            return google.revisions.list(
                fileId=file_id,
                fields=f"nextPageToken,revisions({fields})",
                pageSize=1000,
                pageToken=page,
            )

        return await self._do(build, answers.revisions, quota.LIST)

    async def export_revision(self, file_id: str, revision_id: str) -> bytes:
        """The text of one of Google's revisions, through its export link."""

        def build(google: Any) -> Any:
            return google.revisions.get(
                fileId=file_id, revisionId=revision_id, fields="id,exportLinks"
            )

        found = await self._do(build, answers.export_links, quota.GET)
        link = found.get("exportLinks", {}).get("text/plain")
        if link is None:
            raise NoSuchFile("Google offers no text of this revision.")
        self._refuse_foreign(link)

        tries = count()

        async def attempt(left: float) -> bytes:
            await self._admit(quota.DOWNLOAD, left)
            again = next(tries) > 0
            return await self.transport.fetch(link, self.credentials, left, again=again)

        return await self._with_token(lambda: self._persist(self._renewing(attempt), Safety.READ))

    def _refuse_foreign(self, link: str) -> None:
        """The bearer token goes to Google's own hosts only."""
        url, root = urlsplit(link), urlsplit(self.transport.root or "")
        google = url.scheme == "https" and url.hostname in EXPORT_HOSTS
        if not google and (url.scheme, url.netloc) != (root.scheme, root.netloc):
            raise BadAnswer("Google handed out a link that leads elsewhere.")

    async def change_token(self) -> str:
        where = {"driveId": self.drive_id} if self.drive_id else {}

        def build(google: Any) -> Any:
            return google.changes.getStartPageToken(fields="startPageToken", **where, **ALL_DRIVES)

        return (await self._do(build, answers.start_token, quota.OTHER))["startPageToken"]

    async def changes(self, page: str) -> File:
        """What changed since a token: ids, and the token to go on with."""
        where = {"driveId": self.drive_id, "includeItemsFromAllDrives": True}

        def build(google: Any) -> Any:
            return google.changes.list(
                pageToken=page,
                pageSize=1000,
                spaces="drive",
                fields="nextPageToken,newStartPageToken,changes(fileId)",
                **(where if self.drive_id else {}),
                **ALL_DRIVES,
            )

        return await self._do(build, answers.changes, quota.LIST)

    async def about(self) -> File:
        fields = "user(displayName,emailAddress,permissionId),storageQuota,canCreateDrives"

        def build(google: Any) -> Any:
            return google.about.get(fields=fields)

        return await self._do(build, answers.about, quota.GET)


async def _all_pages(name: str, ask: Callable[[str | None], Awaitable[File]]) -> list[File]:
    """What all pages hold. BadAnswer for pages that go round in circles."""
    found: list[File] = []
    seen: set[str | None] = set()
    page = None
    while page not in seen:
        seen.add(page)
        answer = await ask(page)
        found += answer.get(name, [])
        page = answer.get("nextPageToken")
        if page is None:
            return found
    raise BadAnswer("Google's pages have no end.")
