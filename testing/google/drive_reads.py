"""What Drive tells: one file, lists, changes, the account."""

from datetime import timedelta
from typing import Any

from testing.google import query
from testing.google.answers import Call, Raw, drive_refuses, no_such_file
from testing.google.candidates import Candidate
from testing.google.document import NotModelled
from testing.google.masks import Mask
from testing.google.masks import apply as select
from testing.google.world import ROLES, Caller, File, World, rfc3339

DEFAULT_FIELDS: Mask = {"kind": None, "id": None, "name": None, "mimeType": None}
MAX_BYTES = 10_485_760  # imports of documents and exports


class DriveReads:
    """Handlers of what changes nothing, by method id, without the API's name."""

    def __init__(self, world: World) -> None:
        self.world = world

    def files_get(self, call: Call) -> dict[str, Any]:
        if call.params.get("alt") == "media":
            raise drive_refuses(403, "fileNotDownloadable", "Use Export with Docs Editors files.")
        return self._show(call, self._find(call, call.params["fileId"]))

    def files_export(self, call: Call) -> Raw:
        file = self._find(call, call.params["fileId"], all_drives=True)
        if call.params["mimeType"] != "text/plain" or file.document is None:
            raise NotModelled(f"export of {file.mime} as {call.params['mimeType']}")
        content = file.document.export()
        if len(content) > MAX_BYTES:
            raise drive_refuses(
                403, "exportSizeLimitExceeded", "This file is too large to be exported."
            )
        return Raw(content)

    def files_list(self, call: Call) -> dict[str, Any]:
        params = call.params
        found = self._matching(call, params.get("q", "trashed=false"))
        order = params.get("orderBy")
        if order and query.uses_full_text(params.get("q", "")):
            raise drive_refuses(
                403, "forbidden", "Sorting is not supported for queries with fullText terms."
            )
        if order not in {None, "modifiedTime desc", "createdTime desc", "createdTime"}:
            raise NotModelled(f"orderBy={order}")
        key = "created" if order and order.startswith("created") else "modified"
        found.sort(key=lambda f: (getattr(f, key), f.id), reverse=order != "createdTime")
        start = self._page_start(params.get("pageToken"))
        size = int(params.get("pageSize", 100))
        answer: dict[str, Any] = {
            "kind": "drive#fileList",
            "incompleteSearch": False,
            "files": [self._resource(call.caller, file) for file in found[start : start + size]],
        }
        if start + size < len(found):
            answer["nextPageToken"] = f"~!!~page{start + size}"
        default: Mask = {
            "kind": None, "incompleteSearch": None, "nextPageToken": None, "files": DEFAULT_FIELDS
        }  # fmt: skip
        return select(call.mask or default, answer)

    def _matching(self, call: Call, q: str) -> list[File]:
        try:
            test = query.parse(q)
        except query.BadQuery:
            raise drive_refuses(400, "invalid", "Invalid Value", "q") from None
        world, drive_id = self.world, call.params.get("driveId")
        if drive_id and not (
            call.flag("includeItemsFromAllDrives")
            and call.flag("supportsAllDrives")
            and call.params.get("corpora") == "drive"
        ):
            raise drive_refuses(
                403, "teamDrivesParameterRequired", "driveId needs corpora=drive and both flags."
            )
        lagging = "appProperties" in q or "fullText" in q or "name" in q
        lag = max(world.list_lag if lagging else 0, world.all_lists_lag)
        newest = world.clock.now() - timedelta(seconds=lag)
        return [
            file
            for file in world.files.values()
            if file.created <= newest
            and (file.drive_id == drive_id or (drive_id is None and call.flag("supportsAllDrives")
                 and call.flag("includeItemsFromAllDrives")))
            and test(Candidate(world, call.caller, file))
            and world.visible(call.caller, file)
        ]  # fmt: skip

    def _page_start(self, token: str | None) -> int:
        if token is None:
            return 0
        if not token.startswith("~!!~page"):
            raise drive_refuses(400, "invalid", "Invalid Value", "pageToken")
        return int(token.removeprefix("~!!~page"))

    def about_get(self, call: Call) -> dict[str, Any]:
        if call.mask is None:
            raise drive_refuses(
                400, "required", "The 'fields' parameter is required for this method.", "fields"
            )
        account = call.caller.account
        limit = {} if account.service else {"limit": str(account.quota_limit)}
        usage = {
            "usage": str(account.usage), "usageInDrive": str(account.usage),
            "usageInDriveTrash": "0",
        }  # fmt: skip
        answer = {
            "kind": "drive#about",
            "user": account.user(),
            "storageQuota": limit | usage,
            "canCreateDrives": not account.service,
            "maxUploadSize": "5242880000000",
        }
        return select(call.mask, answer)

    def changes_getStartPageToken(self, call: Call) -> dict[str, Any]:
        answer = {
            "kind": "drive#startPageToken",
            "startPageToken": str(len(self.world.changes) + 1),
        }
        return select(call.mask, answer)

    def changes_list(self, call: Call) -> dict[str, Any]:
        start = int(call.params["pageToken"]) - 1
        size = int(call.params.get("pageSize", 100))
        horizon = rfc3339(self.world.clock.now() - timedelta(seconds=self.world.change_lag))
        known = [change for change in self.world.changes if change[1] <= horizon]
        batch = known[start : start + size]
        shown = []
        for file_id, moment in batch:
            file = self.world.files.get(file_id)
            if file is None or self.world.visible(call.caller, file):
                shown.append(
                    {"kind": "drive#change", "changeType": "file", "fileId": file_id,
                     "removed": file is None, "time": moment}
                )  # fmt: skip
        answer: dict[str, Any] = {"kind": "drive#changeList", "changes": shown}
        after = start + len(batch)
        more = after < len(known)
        answer["nextPageToken" if more else "newStartPageToken"] = str(after + 1)
        return select(call.mask, answer)

    def _find(self, call: Call, file_id: str, *, all_drives: bool = False) -> File:
        file = self.world.files.get(file_id)
        if file is None or not self.world.visible(call.caller, file):
            raise no_such_file(file_id)
        if file.drive_id and not (all_drives or call.flag("supportsAllDrives")):
            raise no_such_file(file_id)
        return file

    def _need(self, caller: Caller, file: File, role: str) -> None:
        have = self.world.role(caller.account.email, file)
        if have is None or ROLES.index(have) < ROLES.index(role):
            raise drive_refuses(
                403,
                "insufficientFilePermissions",
                "The user does not have sufficient permissions for this file.",
            )

    def _show(self, call: Call, file: File) -> dict[str, Any]:
        return select(call.mask or DEFAULT_FIELDS, self._resource(call.caller, file))

    def _resource(self, caller: Caller, file: File) -> dict[str, Any]:
        role = self.world.role(caller.account.email, file)
        rank = ROLES.index(role) if role else -1
        size = str(len(file.document.text.encode()) + 1024) if file.document else None
        answer: dict[str, Any] = {
            "kind": "drive#file",
            "id": file.id,
            "name": file.name,
            "mimeType": file.mime,
            "description": file.description,
            "appProperties": file.properties.get(caller.app) or None,
            "createdTime": rfc3339(file.created),
            "modifiedTime": rfc3339(file.modified),
            "version": str(file.version),
            "size": size,
            "quotaBytesUsed": size or "0",
            "trashed": self.world.in_trash(file),
            "explicitlyTrashed": file.trashed,
            "parents": file.parents,
            "driveId": file.drive_id,
            "webViewLink": f"https://docs.google.com/document/d/{file.id}/edit",
            "writersCanShare": True,
            "lastModifyingUser": self.world.account(file.modifier).user(),
            "capabilities": {
                "canEdit": rank >= ROLES.index("writer"),
                "canShare": rank >= ROLES.index("writer"),
                "canTrash": rank >= ROLES.index("fileOrganizer" if file.drive_id else "owner"),
                "canDelete": rank >= ROLES.index("fileOrganizer" if file.drive_id else "owner"),
            },
        }
        if not file.drive_id:
            answer["ownedByMe"] = file.owner == caller.account.email
            answer["owners"] = [self.world.account(file.owner or "").user()]
        return {key: value for key, value in answer.items() if value is not None}
