"""The permissions of a file; whoever writes them holds the lock of the file (see sharing.py)."""

from __future__ import annotations

from typing import Any

from google_docs.client import answers, quota
from google_docs.client.identity import ALL_DRIVES, File, GoogleIdentity, all_pages
from google_docs.client.retry import Safety
from google_docs.errors import NoSuchFile

PERMISSION = (
    "id,type,role,emailAddress,domain,displayName,expirationTime,deleted,pendingOwner,"
    "permissionDetails(inherited,inheritedFrom,permissionType,role)"
)


class Permissions(GoogleIdentity):
    """permissions.*"""

    async def permissions(self, file_id: str) -> list[File]:
        return await all_pages("permissions", lambda page: self._permission_page(file_id, page))

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
