"""Grants on one memory, as Google's permissions."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from google_docs.client.calls import File
from google_docs.errors import BadAnswer, FixedPermission, GoogleDocsError, NoSuchGrant
from google_docs.events import PermissionChanged, PermissionKind
from google_docs.store import file_properties
from google_docs.store.space import Located, Reach, granted_role
from memory_hub.accounts.models import normal_email
from memory_hub.core.errors import BadInput

ROUNDS = 3
GOOGLE_ROLES = {"viewer": "reader", "editor": "writer", "admin": "writer"}
# "Concurrent permission modifications on the same file aren't supported; only the last update is
# applied": one after another here, and read back in case another process was at it.
_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
Grants = dict[str, str | None]


async def read(found: Located) -> dict[str, Any]:
    """The grants with what Google makes of them."""
    file, permissions = await asyncio.gather(
        found.calls.file(found.doc_id), found.calls.permissions(found.doc_id)
    )
    return _shown(file, permissions)


async def change(found: Located, wanted: Grants, *, notify: bool) -> dict[str, Any]:
    """Merge grants by address; None removes one. The owner's and inherited ones are fixed.

    Each address is granted once, whatever alias it is: from then on the permission's id counts,
    which Google answered. What became of each is in `outcomes`; if all were refused, the first
    refusal is raised. NoSuchGrant where an address to be removed has none.
    """
    lock = _locks.setdefault(found.doc_id, asyncio.Lock())
    async with lock:
        permissions = await found.calls.permissions(found.doc_id)
        _refuse_more_admins(found.file, permissions, wanted)
        steps = _steps(permissions, wanted)
        for step in steps:
            await _first(found, step, notify)
        await _believe_none(found, steps)
        if steps and all(step.refusal for step in steps):
            raise steps[0].refusal or NoSuchGrant()
        permissions = await _settled(found, steps, notify)
        file = await _note_admins(found, permissions, steps)
    return _shown(file, permissions) | {"outcomes": [step.told() for step in steps]}


def events(
    reach: Reach, found: Located, wanted: Grants, outcomes: Sequence[dict[str, Any]]
) -> Iterator[PermissionChanged]:
    """What became of each address, where anything did."""
    for one in outcomes:
        if one["outcome"] in set(PermissionKind):
            yield PermissionChanged(
                *(reach.by.actor, reach.by.origin, PermissionKind(one["outcome"])),
                *(found.doc_id, found.space.key, one["email"], wanted[one["email"]]),
            )


@dataclass
class _Step:
    """One address and what is wanted for it; the permission's id once it is known."""

    email: str
    role: str | None
    permission: File | None
    done: str = "unchanged"
    refusal: GoogleDocsError | None = None

    @property
    def permission_id(self) -> str | None:
        return self.permission["id"] if self.permission else None

    def is_held_as(self, now: File | None) -> bool:
        """Whether a permission, or none, is what is wanted."""
        if self.role is None:
            return now is None
        return now is not None and now["role"] == GOOGLE_ROLES[self.role]

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = {"email": self.email, "outcome": self.done}
        if self.permission and self.role:
            told["google_email"] = self.permission.get("emailAddress")
        if self.refusal:
            told |= {"outcome": "refused", "code": self.refusal.code, "detail": str(self.refusal)}
        return told


def _steps(permissions: list[File], wanted: Grants) -> list[_Step]:
    """What is to be done. Raises FixedPermission and NoSuchGrant before anything is."""
    present = {_address(p): p for p in permissions if p.get("type") == "user"}
    steps = [_Step(email, role, present.get(email.lower())) for email, role in wanted.items()]
    for step in steps:
        _refuse_fixed(step.email, step.permission)
    absent = [step.email for step in steps if step.role is None and step.permission is None]
    if absent:
        raise NoSuchGrant(f"Nothing is granted to {', '.join(absent)}.")
    return steps


async def _first(found: Located, step: _Step, notify: bool) -> None:
    try:
        if step.role is None and step.permission:
            step.done = "removed"
            await found.calls.revoke(found.doc_id, step.permission["id"])
        elif step.role and step.permission is None:
            step.done = "granted"
            await _grant(found, step, notify)
        elif step.permission and step.permission["role"] != GOOGLE_ROLES[step.role or ""]:
            step.done = "changed"
            await _change(found, step)
    except GoogleDocsError as error:
        step.refusal = error


async def _grant(found: Located, step: _Step, notify: bool) -> None:
    role = GOOGLE_ROLES[step.role or ""]
    step.permission = await found.calls.grant(found.doc_id, step.email, role, notify=notify)


async def _change(found: Located, step: _Step) -> None:
    role = GOOGLE_ROLES[step.role or ""]
    await found.calls.change_grant(found.doc_id, step.permission_id or "", role)


async def _believe_none(found: Located, steps: list[_Step]) -> None:
    """A refusal of what Google carried out all the same is none."""
    refused = [step for step in steps if step.refusal]
    if not refused:
        return
    with suppress(GoogleDocsError):
        permissions = await found.calls.hasty().permissions(found.doc_id)
        present = {_address(p): p for p in permissions if p.get("type") == "user"}
        for step in refused:
            now = present.get(step.email.lower())
            if step.is_held_as(now):
                step.refusal, step.permission = None, now or step.permission


async def _settled(found: Located, steps: list[_Step], notify: bool) -> list[File]:
    """The permissions as they are once nothing is left to be done. What another process, at it at
    the same moment, undid is done once more. BadAnswer for a Google that does not keep them."""
    for turn in range(ROUNDS + 1):
        permissions = await found.calls.permissions(found.doc_id)
        present = {permission["id"]: permission for permission in permissions}
        undone = [
            step
            for step in steps
            if not step.refusal and not step.is_held_as(present.get(step.permission_id or ""))
        ]
        if not undone:
            break
        if turn == ROUNDS:
            raise BadAnswer("Google does not keep the permissions that it said it had changed.")
        for step in undone:
            await _again(found, step, present, notify)
    return permissions


async def _again(found: Located, step: _Step, present: dict[str, File], notify: bool) -> None:
    if step.role is None:
        await found.calls.revoke(found.doc_id, step.permission_id or "")
    elif step.permission_id in present:
        await _change(found, step)
    else:
        await _grant(found, step, notify)


def _refuse_fixed(email: str, permission: File | None) -> None:
    if permission is None:
        return
    if permission["role"] == "owner":
        raise FixedPermission(f"{email} owns the document in Google.")
    if any(detail.get("inherited") for detail in permission.get("permissionDetails", [])):
        raise FixedPermission(f"{email} has this role through the shared drive or the folder.")


def _refuse_more_admins(file: File, permissions: list[File], wanted: Grants) -> None:
    """Before anything is granted: each admin takes one of the file's properties."""
    own = file.get("appProperties", {})
    present = {_address(p) for p in permissions if file_properties.admin_key(p["id"]) in own}
    admins = (present - set(wanted)) | {email for email, role in wanted.items() if role == "admin"}
    if len(admins) > file_properties.MAX_ADMINS:
        raise BadInput.at(
            "/permissions",
            "too-many",
            f"At most {file_properties.MAX_ADMINS} admins in Google Docs.",
        )


async def _note_admins(found: Located, permissions: list[File], steps: list[_Step]) -> File:
    """Google knows no admins: who is one is a property of the file."""
    file = await found.calls.file(found.doc_id)
    own = file.get("appProperties", {})
    wanted = {step.permission_id: step.role for step in steps if not step.refusal}
    changes: dict[str, str | None] = {}
    for permission in permissions:
        key, role = file_properties.admin_key(permission["id"]), wanted.get(permission["id"])
        if role == "admin" and key not in own:
            changes[key] = "1"
        elif role in {"viewer", "editor"} and key in own:
            changes[key] = None
    left = {file_properties.admin_key(permission["id"]) for permission in permissions}
    changes |= {k: None for k in own if k.startswith("adm:") and k not in left}
    if not changes:
        return file
    return await found.calls.update(found.doc_id, {"appProperties": changes})


def _address(permission: File) -> str:
    return normal_email(permission.get("emailAddress", ""))


def _shown(file: File, permissions: list[File]) -> dict[str, Any]:
    shown, details = {}, []
    for permission in permissions:
        inherited = any(d.get("inherited") for d in permission.get("permissionDetails", []))
        role = granted_role(file, permission)
        email = permission.get("emailAddress")
        if role is not None and not inherited and email:
            shown[email] = role.word
        details.append(
            {
                "email": email,
                "type": permission["type"],
                "effective_role": permission["role"],
                "inherited": inherited,
            }
        )
    return {
        "doc_id": file["id"],
        "owner": file_properties.of(file).owner,
        "permissions": shown,
        "google": details,
    }
