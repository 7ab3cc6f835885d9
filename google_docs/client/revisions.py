"""The revisions of a file, what changed lately, and whose account this is."""

from __future__ import annotations

from itertools import count
from typing import Any
from urllib.parse import urlsplit

from google_docs.client import answers, quota
from google_docs.client.identity import ALL_DRIVES, File, GoogleIdentity, all_pages
from google_docs.client.retry import Safety
from google_docs.errors import BadAnswer, NoSuchFile

EXPORT_HOSTS = {"docs.google.com", "www.googleapis.com"}


class History(GoogleIdentity):
    """revisions.*, changes.*, about"""

    async def revisions(self, file_id: str) -> list[File]:
        """Google's own revisions, oldest first; it merges and drops them as it likes."""
        return await all_pages("revisions", lambda page: self._revision_page(file_id, page))

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
