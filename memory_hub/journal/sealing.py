"""Sealing: what makes an alteration of the journal known.

Entries are hashed in parts, a tree over each, and the parts are chained: savers hash nothing of
each other's. What was sealed cannot be altered, left out or put in elsewhere without the chain
showing it; that its end was cut off shows a head alone that is kept elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from memory_hub.journal import hashing
from memory_hub.journal.models import Entry, Seal

MOST = 4_096  # entries of a seal


@dataclass(frozen=True, slots=True)
class Head:
    """Up to which position the journal is sealed, and the hash of the last seal."""

    position: int
    hash: bytes
    at: datetime | None = None


def head() -> Head:
    """The newest seal's; position 0 where there is none yet."""
    last = Seal.objects.order_by("-last").first()
    return Head(last.last, bytes(last.hash), last.at) if last else Head(0, hashing.NOTHING)


def seal() -> bool:
    """Seals what is not sealed yet, at most MOST entries; whether there may be more.

    Hashed outside of a transaction, for on SQLite writers would wait. Where another process has
    sealed meanwhile, its seal stands.
    """
    before = head()
    entries = Entry.objects.filter(position__gt=before.position).order_by("position")[:MOST]
    leaves = {said[0]: hashing.leaf(said) for said in entries.values_list(*hashing.SAID)}
    if not leaves:
        return False
    first, last = min(leaves), max(leaves)
    tree = hashing.root([*leaves.values()])
    chained = hashing.chained(before.hash, first, last, tree)
    made = Seal(
        last=last, first=first, at=timezone.now(), root=tree, hash=chained, mac=hashing.mac(chained)
    )
    _store(made, before)
    return len(leaves) == MOST


def _store(made: Seal, before: Head) -> None:
    with transaction.atomic():
        # On PostgreSQL two may look at once: their seals begin alike, and that is refused.
        if head().position == before.position:
            Seal.objects.bulk_create([made], ignore_conflicts=True)
