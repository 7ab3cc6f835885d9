"""The methods of Drive that the hub calls."""

from typing import Any

from testing.google.answers import Call, Raw, drive_refuses, no_such_file
from testing.google.document import Document, NotModelled, imported
from testing.google.drive_reads import MAX_BYTES, DriveReads
from testing.google.world import DOC, FOLDER, File, rfc3339

# UTF-8 bytes of key and value together.
MAX_PROPERTY = 124
MAX_PROPERTIES = 30
EDITABLE = {"name", "description", "appProperties", "trashed", "writersCanShare"}


class Drive(DriveReads):
    """Handlers by method id, without the API's name."""

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
