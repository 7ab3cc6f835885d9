"""Taking the text out of one version, for what should never have been written: a leaked secret."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import Identity
from memory_hub.events.telling import tell
from memory_hub.idempotency import answers
from superthread import policies
from superthread.events import Facts, MemoryChanged, MemoryKind, telling
from superthread.models import Memory, Version
from superthread.models.version import REDACTED
from superthread.reads.versions import version_of
from superthread.services import holds
from superthread.services.erasing import ask_to_erase
from superthread.services.steps import writing
from superthread.services.steps.facts import facts_of, granted_on


class PresentVersion(Conflict):
    code, title = "version-present", "The present version cannot be redacted"


@transaction.atomic
def redact(*, doc_id: str, version_id: str, by: Principal) -> dict[str, Any]:
    """Takes text, metadata, description and the salt of the journal's hash out of a version, for
    good; its number, its place, its author and its date stay. Returns it as lists show it.

    ``version_id`` is its id or its number. For administrators, of what lies in the trash too. One
    that is redacted stays as it is. Raises NotFound, RoleTooLow, PresentVersion, OnHold.
    """
    row = writing.locked(doc_id=doc_id, by=by, least=policies.Role.ADMIN, trashed=None)
    version = version_of(row, version_id)
    _redact(row, version["number"], by)
    return version_of(row, version["version_id"])


@transaction.atomic
def redact_as_operator(version: Version, *, by: Identity) -> None:
    """The same by staff or at the machine, of anybody's memory. Raises PresentVersion, OnHold."""
    list(Memory.objects.filter(pk=version.memory_id).select_for_update().values_list("pk"))
    (memory,) = facts_of([version.memory_id])
    _redact(memory, version.number, by)


@telling()
def _redact(memory: Facts, number: int, by: Identity) -> None:
    """Of a memory that the caller has checked and locked."""
    holds.require_free([memory])
    if number == memory["version"]:
        raise PresentVersion("Save the memory without it first; then redact the version before.")
    version = Version.objects.filter(memory_id=memory["id"], number=number, redacted_at=None)
    if not version.exists():
        return
    emptied = {"content": REDACTED, "metadata": {}, "description": "", "size": len(REDACTED)}
    by_whom = {"redacted_at": timezone.now(), "redacted_by_id": by.user_id or None}
    version.update(**emptied, salt=None, **by_whom)
    answers.forget([str(memory["doc_id"])])
    ask_to_erase()
    tell(
        MemoryChanged(
            *(by.actor, by.origin, MemoryKind.REDACTED, memory, memory),
            granted=granted_on([memory["id"]])[memory["id"]],
            redacted=number,
        )
    )
