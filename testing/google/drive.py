"""The methods of Drive that the hub calls."""

from datetime import timedelta
from typing import Any

from testing.google import query
from testing.google.answers import Call, Raw, drive_refuses, no_such_file
from testing.google.candidates import Candidate
from testing.google.document import Document, NotModelled, imported
from testing.google.masks import Mask
from testing.google.masks import apply as select
from testing.google.world import DOC, FOLDER, ROLES, Caller, File, World, rfc3339

DEFAULT_FIELDS: Mask = {"kind": None, "id": None, "name": None, "mimeType": None}
MAX_BYTES = 10_485_760  # imports of documents and exports
MAX_PROPERTY = 124  # UTF-8 bytes of key and value together
MAX_PROPERTIES = 30
EDITABLE = {"name", "description", "appProperties", "trashed", "writersCanShare"}


class Drive:
    """Handlers by method id, without the API's name."""

    def __init__(self, world: World) -> None:
        self.world = world

    def files_create(self, call: Call) -> dict[str, Any]:
        body, account = call.body, call.caller.account
        if unknown := set(body) - EDITABLE - {"mimeType", "parents"}:
            raise NotModelled(f"files.create with {sorted(unknown)}")
        mime = body.get("mimeType")
        if mime not in {DOC, FOLDER}:
            raise NotModelled(f"files.create of {mime}")
        parents = body.get("parents", [account.root])
        drive_id = self._home(call, parents)
        if account.service and drive_id is None:
            raise drive_refuses(
                403, "storageQuotaExceeded", "Service Accounts do not have storage quota."
            )
        text = self._import(call) if mime == DOC else ""
        if drive_id is None and account.usage + len(text.encode()) > account.quota_limit:
            raise drive_refuses(
                403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded."
            )
        account.usage += len(text.encode())
        file = self.world.add_file(
            call.caller,
            name=body.get("name", "Untitled"),
            mime=mime,
            description=body.get("description"),
            parents=list(parents),
            drive_id=drive_id,
            document=Document(text) if mime == DOC else None,
        )
        self._set_properties(call, file, body.get("appProperties", {}))
        return self._show(call, file)

    def _import(self, call: Call) -> str:
        if call.media is None:
            return ""
        content_type, content = call.media
        if not content_type.lower().startswith("text/plain"):
            raise NotModelled(f"import of {content_type}")
        if "charset=utf-8" not in content_type.lower().replace(" ", "") and not content.isascii():
            raise NotModelled("import of text without charset: Google may garble it")
        if len(content) > MAX_BYTES:
            raise drive_refuses(413, "uploadTooLarge", "The file is too large to be converted.")
        return imported(content, self.world.import_newline)

    def _home(self, call: Call, parents: list[str]) -> str | None:
        """The shared drive that the parents are on, if any."""
        if len(parents) != 1:
            raise drive_refuses(400, "invalid", "A file has exactly one parent.")
        parent = parents[0]
        if parent in {"root", call.caller.account.root}:
            return None
        if parent in self.world.drives:
            role = self.world.drives[parent].get(call.caller.account.email)
            if role is None or not call.flag("supportsAllDrives"):
                raise no_such_file(parent)
            return parent
        folder = self._find(call, parent)
        self._need(call.caller, folder, "writer")
        return folder.drive_id

    def _set_properties(self, call: Call, file: File, wanted: dict[str, str | None]) -> None:
        own = dict(file.properties.get(call.caller.app, {}))
        for key, value in wanted.items():
            if value is None:
                own.pop(key, None)
            elif len(key.encode()) + len(value.encode()) > MAX_PROPERTY:
                raise drive_refuses(400, "invalid", "A property is limited to 124 bytes.")
            else:
                own[key] = value
        if len(own) > MAX_PROPERTIES:
            raise drive_refuses(403, "appPropertiesLimitExceeded", "Too many properties.")
        file.properties[call.caller.app] = own

    def files_get(self, call: Call) -> dict[str, Any]:
        if call.params.get("alt") == "media":
            raise drive_refuses(403, "fileNotDownloadable", "Use Export with Docs Editors files.")
        return self._show(call, self._find(call, call.params["fileId"]))

    def files_update(self, call: Call) -> dict[str, Any]:
        file = self._find(call, call.params["fileId"])
        self._need(call.caller, file, "writer")
        unknown = set(call.body) - EDITABLE
        if unknown or call.media or {"addParents", "removeParents"} & set(call.params):
            raise NotModelled(f"files.update with {sorted(unknown)}")
        self._set_properties(call, file, call.body.get("appProperties") or {})
        for name in ("name", "description", "trashed"):
            if name in call.body:
                setattr(file, name, call.body[name])
        self.world.touch(file, call.caller.account.email)
        return self._show(call, file)

    def files_delete(self, call: Call) -> Raw:
        file = self._find(call, call.params["fileId"])
        self._need(call.caller, file, "fileOrganizer" if file.drive_id else "owner")
        self._remove(file.id)
        self.world.changes.append((file.id, rfc3339(self.world.clock.stamp())))
        return Raw(b"")

    def _remove(self, file_id: str) -> None:
        """A folder goes with all that is in it."""
        for child in [f.id for f in self.world.files.values() if file_id in f.parents]:
            self._remove(child)
        del self.world.files[file_id]

    def files_copy(self, call: Call) -> dict[str, Any]:
        original, body = self._find(call, call.params["fileId"]), call.body
        if unknown := set(body) - EDITABLE - {"parents"}:
            raise NotModelled(f"files.copy with {sorted(unknown)}")
        if original.document is None:
            raise drive_refuses(403, "cannotCopyFile", "This file cannot be copied.")
        parents = body.get("parents", original.parents)
        copy = self.world.add_file(
            call.caller,
            name=body.get("name", f"Copy of {original.name}"),
            mime=original.mime,
            description=body.get("description", original.description),
            parents=list(parents),
            drive_id=self._home(call, parents),
            document=original.document.copied(),
        )
        # A copy inherits the properties that the request does not name.
        copy.properties = {app: dict(own) for app, own in original.properties.items()}
        self._set_properties(call, copy, body.get("appProperties", {}))
        return self._show(call, copy)

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
