"""The files of Drive: their properties, lists of them, and their exports."""

from __future__ import annotations

from typing import Any

from google_docs.client import answers, quota
from google_docs.client.identity import ALL_DRIVES, File, GoogleIdentity
from google_docs.client.retry import Safety
from google_docs.errors import NoSuchFile

DOC = "application/vnd.google-apps.document"
FOLDER = "application/vnd.google-apps.folder"
FILE = (
    "id,name,description,appProperties,createdTime,modifiedTime,version,size,trashed,parents,"
    "driveId,webViewLink,ownedByMe,capabilities(canEdit,canShare,canTrash,canDelete)"
)


class Files(GoogleIdentity):
    """files.*"""

    async def create_document(self, body: File, text: str) -> File:
        """One file with its text: an import, since that costs no Docs quota. Never repeated here
        once it may have happened: `exactly_once.py` looks it up by its key first."""

        def build(google: Any) -> Any:
            return google.files.create(
                body=body | {"mimeType": DOC},
                media_body=self.transport.text_media(text),
                fields=FILE,
                **ALL_DRIVES,
            )

        return await self._do(build, answers.made_as(body), quota.EDIT, Safety.ONCE)

    async def create_folder(self, body: File) -> File:
        def build(google: Any) -> Any:
            return google.files.create(
                body=body | {"mimeType": FOLDER}, fields="id,name,appProperties", **ALL_DRIVES
            )

        return await self._do(build, answers.new_id, quota.EDIT, Safety.ONCE)

    async def copy(self, file_id: str, body: File) -> File:
        def build(google: Any) -> Any:
            return google.files.copy(fileId=file_id, body=body, fields=FILE, **ALL_DRIVES)

        return await self._do(build, answers.made_as(body), quota.EDIT, Safety.ONCE)

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

        return await self._do(build, answers.files_with(fields), quota.LIST)

    async def export(self, file_id: str) -> bytes:
        def build(google: Any) -> Any:
            return google.files.export(fileId=file_id, mimeType="text/plain")

        return await self._do(build, answers.plain, quota.DOWNLOAD)
