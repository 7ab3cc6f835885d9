"""Permissions and revisions of Drive, and the two methods of Docs."""

import time
from typing import Any
from urllib.parse import urlencode

from testing.google.answers import Call, Raw, docs_refuses, drive_refuses
from testing.google.document import NotModelled
from testing.google.drive import Drive
from testing.google.masks import Mask
from testing.google.masks import apply as select
from testing.google.units import BadEdit
from testing.google.world import ROLES, File, rfc3339

PERMISSION_FIELDS: Mask = {"kind": None, "id": None, "type": None, "role": None}


class Sharing(Drive):
    """permissions.*; a write takes the list it read a moment ago and puts it back whole."""

    def permissions_list(self, call: Call) -> dict[str, Any]:
        file = self._find(call, call.params["fileId"])
        self._need(call.caller, file, "writer")
        shown = [*file.permissions.values(), *self._inherited(file)]
        answer = {"kind": "drive#permissionList", "permissions": shown}
        return select(call.mask or {"kind": None, "permissions": PERMISSION_FIELDS}, answer)

    def _inherited(self, file: File) -> list[dict[str, Any]]:
        members = self.world.drives.get(file.drive_id or "", {})
        return [
            self.world.permission(email, role)
            | {"permissionDetails": [
                {"inherited": True, "inheritedFrom": file.drive_id, "permissionType": "member",
                 "role": role}]}
            for email, role in members.items()
        ]  # fmt: skip

    def permissions_create(self, call: Call) -> dict[str, Any]:
        file = self._find(call, call.params["fileId"])
        self._need(call.caller, file, "writer")
        body = call.body
        if body.get("type") != "user" or set(body) - {"type", "role", "emailAddress"}:
            raise NotModelled(f"permissions.create with {body}")
        self._refuse_role(file, body["role"])
        email = body["emailAddress"]
        if email.startswith("nobody@") and not call.flag("sendNotificationEmail"):
            raise drive_refuses(
                400, "invalidSharingRequest", "There is no Google account; a mail must be sent."
            )
        email = self.world.aliases.get(email.lower(), email)
        grant = self.world.permission(email, body["role"])
        self._rewrite(file, lambda all_of_it: all_of_it | {grant["id"]: grant})
        return select(call.mask or PERMISSION_FIELDS, grant)

    def permissions_update(self, call: Call) -> dict[str, Any]:
        file, grant = self._grant(call)
        if set(call.body) - {"role"}:
            raise NotModelled("permissions.update of more than the role")
        self._refuse_role(file, call.body["role"])
        changed = grant | {"role": call.body["role"]}
        self._rewrite(file, lambda all_of_it: all_of_it | {changed["id"]: changed})
        return select(call.mask or PERMISSION_FIELDS, changed)

    def permissions_delete(self, call: Call) -> Raw:
        file, grant = self._grant(call)
        self._rewrite(
            file, lambda all_of_it: {k: v for k, v in all_of_it.items() if k != grant["id"]}
        )
        return Raw(b"")

    def _grant(self, call: Call) -> tuple[File, dict[str, Any]]:
        file = self._find(call, call.params["fileId"])
        self._need(call.caller, file, "writer")
        permission_id = call.params["permissionId"]
        grant = file.permissions.get(permission_id)
        if grant is None:
            raise drive_refuses(404, "notFound", f"Permission not found: {permission_id}.")
        if grant["role"] == "owner":
            raise drive_refuses(403, "insufficientFilePermissions", "The owner stays.")
        return file, grant

    def _refuse_role(self, file: File, role: str) -> None:
        if role not in ROLES:
            raise drive_refuses(400, "invalid", "The specified role is invalid.")
        if role == "owner":
            raise drive_refuses(403, "forbidden", "transferOwnership is required.")
        if role in {"organizer", "fileOrganizer"}:
            raise drive_refuses(403, "invalidSharingRequest", "Not a role of a single file.")

    def _rewrite(self, file: File, change: Any) -> None:
        # "Concurrent permission modifications on the same file aren't supported; only the last
        # update is applied": each request writes the whole list from what it saw first.
        seen = dict(file.permissions)
        self.world.lock.release()
        try:
            time.sleep(self.world.permission_race)
        finally:
            self.world.lock.acquire()
        file.permissions = change(seen)

    def revisions_list(self, call: Call) -> dict[str, Any]:
        file = self._find(call, call.params["fileId"], all_drives=True)
        self._need(call.caller, file, "writer")
        answer = {
            "kind": "drive#revisionList",
            "revisions": [self._revision(call, file, item) for item in self._kept(file)],
        }
        default: Mask = {
            "kind": None, "revisions": {"kind": None, "id": None, "modifiedTime": None}
        }  # fmt: skip
        return select(call.mask or default, answer)

    def revisions_get(self, call: Call) -> dict[str, Any]:
        file = self._find(call, call.params["fileId"], all_drives=True)
        self._need(call.caller, file, "writer")
        wanted = call.params["revisionId"]
        for item in self._kept(file):
            if item[0] == wanted:
                default: Mask = {"kind": None, "id": None, "modifiedTime": None}
                return select(call.mask or default, self._revision(call, file, item))
        raise drive_refuses(404, "notFound", f"Revision not found: {wanted}.")

    def _kept(self, file: File) -> list[Any]:
        """Google merges old revisions away: by default only the first and the last are left."""
        if self.world.keep_revisions or len(file.revisions) < 3:
            return file.revisions
        return [file.revisions[0], file.revisions[-1]]

    def _revision(self, call: Call, file: File, item: Any) -> dict[str, Any]:
        number, moment, email, _text = item
        asked = urlencode({"id": file.id, "revision": number, "exportFormat": "txt"})
        return {
            "kind": "drive#revision",
            "id": number,
            "mimeType": file.mime,
            "modifiedTime": rfc3339(moment),
            "published": False,
            "lastModifyingUser": self.world.account(email).user(),
            "exportLinks": {
                "text/plain": f"{call.root}feeds/download/documents/export/Export?{asked}"
            },
        }

    def export_revision(self, call: Call) -> Raw:
        """What an export link answers (docs.google.com, not described by a discovery document)."""
        file = self._find(call, call.params["id"], all_drives=True)
        for number, _moment, _email, text in self._kept(file):
            if number == call.params["revision"]:
                return Raw(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        raise drive_refuses(404, "notFound", "Revision not found.")

    def documents_get(self, call: Call) -> dict[str, Any]:
        file = self._document(call)
        assert file.document
        role = self.world.role(call.caller.account.email, file)
        view = call.params.get("suggestionsViewMode", "DEFAULT_FOR_CURRENT_ACCESS")
        if view == "DEFAULT_FOR_CURRENT_ACCESS":
            view = "PREVIEW_WITHOUT_SUGGESTIONS" if role == "reader" else "SUGGESTIONS_INLINE"
        elif view == "SUGGESTIONS_INLINE" and role == "reader":
            raise docs_refuses(403, "PERMISSION_DENIED", "The caller does not have permission")
        answer = {
            "documentId": file.id,
            "title": file.name,
            "revisionId": file.document.revision,
            "suggestionsViewMode": view,
        } | file.document.show(view, tabs=call.flag("includeTabsContent"))
        if role in {"reader", "commenter"}:
            # Only shown to those who may edit.
            del answer["revisionId"]
        return select(call.mask, answer)

    def documents_batchUpdate(self, call: Call) -> dict[str, Any]:
        file = self._document(call)
        assert file.document
        email = call.caller.account.email
        role = self.world.role(email, file)
        if role is None or ROLES.index(role) < ROLES.index("writer"):
            raise docs_refuses(403, "PERMISSION_DENIED", "The caller does not have permission")
        control = call.body.get("writeControl", {})
        if set(control) - {"requiredRevisionId"}:
            raise NotModelled(f"writeControl with {sorted(control)}")
        try:
            replies = file.document.edit(
                call.body.get("requests", []), control.get("requiredRevisionId")
            )
        except BadEdit as error:
            raise docs_refuses(400, "INVALID_ARGUMENT", str(error)) from None
        self.world.touch(file, email, content=True)
        answer = {
            "documentId": file.id,
            "replies": replies,
            "writeControl": {"requiredRevisionId": file.document.revision},
        }
        return select(call.mask, answer)

    def _document(self, call: Call) -> File:
        file = self.world.files.get(call.params["documentId"])
        if file is None or not self.world.visible(call.caller, file):
            raise docs_refuses(404, "NOT_FOUND", "Requested entity was not found.")
        if file.document is None:
            raise docs_refuses(
                400, "FAILED_PRECONDITION", "This operation is not supported for this document"
            )
        return file
