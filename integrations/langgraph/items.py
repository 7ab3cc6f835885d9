"""Items one by one: put, read, deleted."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.utils import timezone

from integrations.langgraph import documents
from integrations.langgraph.names import item_at, path_of
from integrations.root_folder import root_folder
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, Conflict, NotFound
from memory_hub.core.text import rfc3339
from memory_hub.rate_limits.bill import charge_afterwards
from memory_hub.rate_limits.prices import ITEM
from superthread.paths import BadPath, checked
from superthread.reads.named import Spot, row_at
from superthread.reads.representation import Row
from superthread.scopes import MEMORIES_WRITE
from superthread.services import lifecycle, revise, save
from superthread.store_terms import Draft

USUAL = "langgraph/"
# What the hub keeps of an item beside its value, in the metadata.
MARK = "langgraph"
AGAIN_AFTER = timedelta(minutes=1)


class Put(NamedTuple):
    """An item before its transaction: of what is there, or of what is new."""

    spot: Spot
    fields: dict[str, Any]
    revision: revise.Revision | None
    saving: save.PreparedSave | None


def root_of(by: Principal) -> str:
    """The folder that the caller's items are in."""
    return root_folder(by, USUAL)


def spot_of(namespace: list[str], key: str, by: Principal) -> Spot:
    """Where an item is. Raises BadPath for one that has no room in a path."""
    return Spot(by.user_id, checked(path_of(root_of(by), namespace, key)))


def prepared(item: dict[str, Any], by: Principal) -> Put:
    """All that goes before the transaction of a put. Raises BadInput, and as saving does."""
    try:
        spot = spot_of(item["namespace"], item["key"], by)
    except BadPath as error:
        raise BadInput.at("/key", error.code.replace("_", "-"), str(error)) from None
    return _readied(spot, _fields(item), by)


def _fields(item: dict[str, Any]) -> dict[str, Any]:
    """The memory's fields that an item says."""
    kept = {name: item[name] for name in ("ttl", "index") if item.get(name) is not None}
    ttl = kept.get("ttl")
    title = documents.title_of(item["value"], item["key"])
    return {
        "content": documents.content_of(item["value"]),
        "metadata": ({"title": title} if title else {}) | ({MARK: kept} if kept else {}),
        "expires_at": timezone.now() + timedelta(minutes=ttl) if ttl else None,
    }


def _readied(spot: Spot, fields: dict[str, Any], by: Principal) -> Put:
    row = row_at(spot, by=by)
    if row is not None:
        return Put(spot, fields, revise.prepare(doc_id=_id(row), changes=fields, by=by), None)
    draft = Draft(path=spot.path, category=by.restriction.category or "default", **fields)
    return Put(spot, fields, None, save.prepare([draft], by=by))


def put(wanted: Put, by: Principal) -> None:
    """Carries a put out; once more where somebody made or took away what is there."""
    try:
        _carry_out(wanted, by)
    except (NotFound, Conflict, IntegrityError):
        again = _readied(wanted.spot, wanted.fields, by)
        if (again.revision is None) is (wanted.revision is None):
            raise
        _carry_out(again, by)


def _carry_out(wanted: Put, by: Principal) -> None:
    if wanted.revision is not None:
        revise.write(wanted.revision, by=by)
    else:
        save.store(wanted.saving)


def found(namespace: list[str], key: str, by: Principal) -> Row | None:
    """The memory of an item that the caller may read."""
    try:
        return row_at(spot_of(namespace, key, by), by=by)
    except BadPath:
        return None


def delete(namespace: list[str], key: str, by: Principal) -> None:
    """Moves an item to the trash, if there is one."""
    row = found(namespace, key, by)
    if row is not None:
        with suppress(NotFound):
            lifecycle.trash(doc_id=_id(row), by=by)


def shown(row: Row, by: Principal) -> dict[str, Any] | None:
    """The item that a memory is; None for one that stands among them and is none."""
    named = item_at(root_of(by), row["path"])
    if named is None:
        return None
    return {
        "namespace": named[0],
        "key": named[1],
        "value": documents.value_of(row["content"]),
        "created_at": rfc3339(row["created_at"]),
        "updated_at": rfc3339(row["updated_at"]),
    }


def is_indexed(row: Row) -> bool:
    """Whether searches by a query find the item."""
    return _kept(row).get("index") is not False


def keep_longer(row: Row, by: Principal) -> None:
    """Begins the time anew that an item lives, which was read: to the minute, for those who may
    write."""
    ttl = _kept(row).get("ttl")
    is_number = isinstance(ttl, int | float) and not isinstance(ttl, bool)
    if row["expires_at"] is None or not is_number or not by.may(MEMORIES_WRITE):
        return
    with suppress(OverflowError):
        until = timezone.now() + timedelta(minutes=ttl)
        if until - row["expires_at"] >= AGAIN_AFTER:
            with suppress(NotFound):
                revise.revise(doc_id=_id(row), changes={"expires_at": until}, by=by)
                charge_afterwards(ITEM)


def _kept(row: Row) -> dict[str, Any]:
    kept = row["metadata"].get(MARK)
    return kept if isinstance(kept, dict) else {}


def _id(row: Row) -> str:
    return str(row["doc_id"])
