"""What of the journal is kept for how long.

The old end is cut behind a seal. Before that an entry says so, which is sealed as all are; the seal
stays, for the chain of the later ones begins at it. Where an entry came from, and what was counted,
may go earlier: no seal is about them.
"""

import logging
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from memory_hub.core import installed
from memory_hub.core.identity import HUB
from memory_hub.database.dialect import is_postgres
from memory_hub.database.statements import run
from memory_hub.jobs.declared import Job
from memory_hub.journal import sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from memory_hub.journal.models import Access, Audience, Entry, Origin, Seal

logger = logging.getLogger(__name__)

PRUNED = "journal.pruned"
# For whoever numbers entries at the moment.
PATIENCE_MS = 10_000


def pruned_until() -> int:
    """The position up to which entries were cut off, or are about to be; 0 for none."""
    found = Entry.objects.filter(kind=PRUNED).order_by("-position")
    return found.values_list("subject_id", flat=True).first() or 0


def prune() -> int:
    """Deletes what is older than the settings say, some at a time; returns how many rows went.

    Cut off anywhere, the next one goes on with it. Nothing goes while an app says that it must
    stay.
    """
    if any(must_stay() for must_stay in installed.imported("journal_must_stay")):
        return 0
    gone = 0
    if settings.HUB_JOURNAL_KEPT:
        gone += _prune_entries(_boundary(settings.HUB_JOURNAL_KEPT))
    if settings.HUB_ORIGINS_KEPT:
        gone += _delete(Origin, _boundary(settings.HUB_ORIGINS_KEPT))
    if settings.HUB_READS_KEPT:
        gone += _delete_reads(_ago(settings.HUB_READS_KEPT))
    return gone


def _ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def _boundary(seconds: float) -> int:
    """The end of the last seal that is older."""
    old = Seal.objects.filter(at__lt=_ago(seconds)).order_by("-last")
    return old.values_list("last", flat=True).first() or 0


def _prune_entries(boundary: int) -> int:
    if boundary > pruned_until():
        with transaction.atomic():
            run(append([Fact(PRUNED, HUB.actor, HUB.origin, subject_id=boundary)]))
        sequencer.sequence(patience_ms=PATIENCE_MS)
        logger.info("Journal pruned: entries up to %d", boundary)
    # What says so has its number: nothing is cut that is not said to be, and never all.
    until = pruned_until()
    gone = _delete(Origin, until) + _delete(Audience, until) + _delete(Entry, until)
    Seal.objects.filter(last__lt=until).delete()
    return gone


def _delete(model: type[Model], until: int) -> int:
    """Rows up to this position, from the oldest on."""
    first = model._default_manager.order_by("position").values_list("position", flat=True).first()
    if first is None:
        return 0
    keepers = installed.imported("before_journal_cut") if model is Entry else ()
    gone = 0
    for start in range(first, until + 1, _at_once()):
        ends = start, min(start + _at_once() - 1, until)
        with transaction.atomic():
            for keep in keepers:
                keep(*ends)
            gone += model._default_manager.filter(position__range=ends).delete()[0]
    return gone


def _delete_reads(cutoff: datetime) -> int:
    """By their keys they are in the order in which they began."""
    gone = 0
    old = Access.objects.filter(last_at__lt=cutoff).order_by("pk").values_list("pk", flat=True)
    while found := list(old[: _at_once()]):
        gone += Access.objects.filter(pk__in=found).delete()[0]
    return gone


def _at_once() -> int:
    """Rows of a transaction: on SQLite all writers wait for it."""
    return 10_000 if is_postgres() else 500


PRUNE_JOURNAL = Job(
    name="prune_journal",
    help="Deletes entries of the journal, origins and counted reads that are older than is wanted.",
    run=prune,
    at=time(3, 40),
)
