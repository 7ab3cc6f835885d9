"""Grants on one memory, as Google's permissions."""

import asyncio
from typing import Any
from weakref import WeakValueDictionary

from google_docs.calls import File
from google_docs.errors import FixedPermission
from google_docs.store import facts
from google_docs.store.space import Located, granted_role
from memory_hub.accounts.models import normal_email
from memory_hub.errors import BadInput

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
    """Merge grants by address; None removes one. The owner's and inherited ones are fixed."""
    lock = _locks.setdefault(found.doc_id, asyncio.Lock())
    async with lock:
        permissions = await found.calls.permissions(found.doc_id)
        _refuse_more_admins(found.file, permissions, wanted)
        for _ in range(ROUNDS):
            if not await _apply(found, permissions, wanted, notify):
                break
            permissions = await found.calls.permissions(found.doc_id)
        file = await _note_admins(found, permissions, wanted)
    return _shown(file, permissions)


async def _apply(found: Located, permissions: list[File], wanted: Grants, notify: bool) -> bool:
    """Make the calls that are still needed; whether there were any."""
    present = {_address(p): p for p in permissions if p.get("type") == "user"}
    steps = [(email, role, present.get(email)) for email, role in wanted.items()]
    for email, _role, permission in steps:
        _refuse_fixed(email, permission)
    changed = False
    for email, role, permission in steps:
        changed |= await _set(found, email, role, permission, notify)
    return changed


async def _set(
    found: Located, email: str, role: str | None, permission: File | None, notify: bool
) -> bool:
    calls, doc_id = found.calls, found.doc_id
    if role is None:
        if permission is None:
            return False
        await calls.revoke(doc_id, permission["id"])
    elif permission is None:
        await calls.grant(doc_id, email, GOOGLE_ROLES[role], notify=notify)
    elif permission["role"] != GOOGLE_ROLES[role]:
        await calls.change_grant(doc_id, permission["id"], GOOGLE_ROLES[role])
    else:
        return False
    return True


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
    present = {_address(p) for p in permissions if facts.admin_key(p["id"]) in own}
    admins = (present - set(wanted)) | {email for email, role in wanted.items() if role == "admin"}
    if len(admins) > facts.MAX_ADMINS:
        raise BadInput.at(
            "/permissions", "too-many", f"At most {facts.MAX_ADMINS} admins in Google Docs."
        )


async def _note_admins(found: Located, permissions: list[File], wanted: Grants) -> File:
    """Google knows no admins: who is one is a property of the file."""
    file = await found.calls.file(found.doc_id)
    own = file.get("appProperties", {})
    changes: dict[str, str | None] = {}
    for permission in permissions:
        key, role = facts.admin_key(permission["id"]), wanted.get(_address(permission))
        if role == "admin" and key not in own:
            changes[key] = "1"
        elif role in {"viewer", "editor"} and key in own:
            changes[key] = None
    left = {facts.admin_key(permission["id"]) for permission in permissions}
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
        "owner": facts.of(file).owner,
        "permissions": shown,
        "google": details,
    }
