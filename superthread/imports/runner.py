"""Carrying imports out: what is read becomes memories of the one who sent it, and of nobody else.

Cut off anywhere, an import begins again, here or in another process of this host; what has come
comes not twice.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.caching import cache_invalidate
from memory_hub.core.identity import Origin, Via
from memory_hub.rate_limits.limiter import Count
from superthread.imports import files
from superthread.imports.allowance import Allowance
from superthread.models import Import, ImportOutcome, ImportState
from superthread.models.file_job import UNDER_WAY, WHY_LENGTH, owners
from superthread.models.imported import PLACE_LENGTH
from superthread.reads.statistics import OF_THE_HUB
from superthread.transfer.decoding import AUTO
from superthread.transfer.file_jobs import (
    ALONE,
    TOLD_EVERY,
    Cancelled,
    FileJobRunner,
    JobControl,
    why_it_failed,
)
from superthread.transfer.folder import Reading
from superthread.transfer.formats.archives import BadArchive
from superthread.transfer.formats.hub_archive import BadManifest
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.registry import Unrecognised, found, opened
from superthread.transfer.formats.tree import Tree
from superthread.transfer.importing import Importer
from superthread.transfer.items import Item, Kind, TransferOutcome
from superthread.transfer.mapping import FieldMap
from superthread.transfer.sources import OWN_SOURCE

# Of one import that are kept; all are counted.
OUTCOMES = 10_000
# What of a line counts for nothing: whose it is, what it is called inside, who may do what.
CLAIMED = ("owner", "grants", "offers", "offered_by", "offered_at", "revision", "version")


@lru_cache(maxsize=1)
def runner() -> FileJobRunner:
    """The one of this process."""
    return FileJobRunner("imports", files.waiting, partial(owners, Import), carry_out)


@cache_invalidate(OF_THE_HUB)
def carry_out(import_id: UUID, part: JobControl = ALONE) -> None:
    """Imports the file, unless another process does; then it is gone. Raises django.db.Error."""
    with files.alone_with(import_id) as is_mine:
        if not is_mine:
            return
        job = Import.objects.select_related("owner").filter(pk=import_id).first()
        if job is None or job.state not in UNDER_WAY:
            files.remove(import_id)
            return
        _Run(job, part).carry_out()


class _Run:
    def __init__(self, job: Import, part: JobControl) -> None:
        self.job, self._part = job, part
        self._counts: Counter[str] = Counter()
        self._rows: list[ImportOutcome] = []
        self._items = self._done = self._number = 0
        self._told_at = 0.0
        self._allowance = Allowance(job.owner_id)
        self._why = ""  # it waits, if it does

    def carry_out(self) -> None:
        job = self.job
        ImportOutcome.objects.filter(job=job).delete()
        started: dict[str, Any] = {"state": ImportState.RUNNING, "counts": {}, "why": ""}
        started["started_at"] = timezone.now()
        if not Import.objects.filter(pk=job.pk, state__in=UNDER_WAY).update(**started):
            return
        try:
            state, why = self._read()
        except Cancelled:
            if not Import.objects.filter(pk=job.pk, state__in=UNDER_WAY).exists():
                files.remove(job.pk)
            return
        self._note()
        ended = {"state": state, "why": why[:WHY_LENGTH], "ended_at": timezone.now()}
        Import.objects.filter(pk=job.pk, state=ImportState.RUNNING).update(**ended)
        files.remove(job.pk)

    def _read(self) -> tuple[ImportState, str]:
        """How it ended, and why."""
        job = self.job
        if not job.owner.is_active:
            return ImportState.FAILED, "The account is not active any more."
        by = principal_of(job.owner, "session", Origin(Via.IMPORT))
        try:
            with (
                files.named(job.pk, job.name) as path,
                opened(path, path.name, beat=self._beat) as tree,
            ):
                self._import(tree, by)
        except (BadArchive, BadManifest, Unrecognised) as error:
            return ImportState.FAILED, str(error)
        except Exception as error:
            return ImportState.FAILED, why_it_failed(error, job, done="read")
        if not self._items:
            return ImportState.FAILED, "There is nothing in it to import."
        return ImportState.DONE, ""

    def _import(self, tree: Tree, by: Principal) -> None:
        job, options = self.job, self.job.options
        for trouble in tree.troubles:
            self._take(trouble)
        form = found(tree, job.format)
        Import.objects.filter(pk=job.pk).update(format=form.name, total=tree.size)
        tree.advance = self._advance
        notes = Reading(AUTO, FieldMap(rest=True), lenient=True)
        asked = ReadOptions(options["exchanges"], f"upload:{form.name}", notes)
        importer = Importer(by, options["defaults"], dry_run=options["dry_run"])
        for outcome in importer.run(self._own(form.read(tree, asked))):
            self._take(outcome)

    def _own(self, read: Iterator[Item | TransferOutcome]) -> Iterator[Item | TransferOutcome]:
        """What was read, without what it claims."""
        for one in read:
            if isinstance(one, Item):
                self._items += 1
                one = _unclaimed(one)
                if (count := self._allowance.charge(one.fields)) is not None:
                    self._wait(count)
            yield one

    def _wait(self, count: Count) -> None:
        """Until the points of imports start anew. Raises Cancelled."""
        ends = time.monotonic() + count.reset
        self._why = (
            f"Goes on within {count.reset} s: the {count.limit} points of your imports are used up."
        )
        with self._part.aside():
            while (left := ends - time.monotonic()) > 0:
                self._note()
                time.sleep(min(left, TOLD_EVERY))
        self._why = ""
        self._note()

    def _advance(self, size: int) -> None:
        self._done += size
        self._beat()

    def _beat(self) -> None:
        """Tells how far it is, now and then: also where nothing comes of it for long. Raises
        Cancelled."""
        if time.monotonic() - self._told_at >= TOLD_EVERY:
            self._note()
            self._part.give_way()

    def _take(self, outcome: TransferOutcome) -> None:
        if outcome.kind != Kind.NOTED:
            self._counts[outcome.kind] += 1
        self._number += 1
        if self._number <= OUTCOMES:
            self._rows.append(
                ImportOutcome(
                    job=self.job,
                    number=self._number,
                    kind=outcome.kind,
                    place=outcome.place[:PLACE_LENGTH],
                    why=outcome.why[:WHY_LENGTH],
                )
            )
        self._beat()

    def _note(self) -> None:
        """Tells how far it is. Raises Cancelled."""
        self._told_at = time.monotonic()
        running = Import.objects.filter(pk=self.job.pk, state=ImportState.RUNNING)
        told = {"counts": dict(self._counts), "done": self._done, "why": self._why}
        if not running.update(**told) or self._part.is_over():
            raise Cancelled
        ImportOutcome.objects.bulk_create(self._rows)
        self._rows = []


def _unclaimed(item: Item) -> Item:
    fields = item.fields
    if not isinstance(fields, dict):
        return item
    named = [name for name in CLAIMED if name in fields]
    source = item.source
    if source and source.startswith(OWN_SOURCE):
        named.append("id")
        source = f"upload:{source}"
    if not named:
        return item
    kept = {name: value for name, value in fields.items() if name not in CLAIMED}
    odd = f"{item.odd} Ignored: {', '.join(named)}.".strip()
    return replace(item, source=source, fields=kept, odd=odd)
