"""Making exports: what their owners may read at that moment.

Cut off anywhere, an export begins again, here or in another process of this host.
"""

import time
from array import array
from dataclasses import replace
from functools import lru_cache, partial
from typing import BinaryIO
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.core.identity import Origin, Via
from superthread.exports import files, standing, upkeep
from superthread.feed.shown import note_shown
from superthread.models import Export, ExportFormat, ExportState, Memory
from superthread.models.exported import kept
from superthread.models.file_job import UNDER_WAY, WHY_LENGTH, owners
from superthread.policies import Role
from superthread.transfer import markdown
from superthread.transfer.exporting import replacing
from superthread.transfer.file_jobs import (
    ALONE,
    TOLD_EVERY,
    Cancelled,
    FileJobRunner,
    JobControl,
    why_it_failed,
)
from superthread.transfer.formats import hub_archive, personal


@lru_cache(maxsize=1)
def runner() -> FileJobRunner:
    """The one of this process."""
    return FileJobRunner("exports", _asked, partial(owners, Export), carry_out)


def _asked() -> list[UUID]:
    upkeep.remove_lost()
    upkeep.withdraw()
    return files.asked()


def carry_out(export_id: UUID, part: JobControl = ALONE) -> None:
    """Makes the file, unless another process does. Raises django.db.Error."""
    with files.alone_with(export_id) as is_mine:
        if not is_mine:
            return
        job = Export.objects.select_related("owner").filter(kept(), pk=export_id).first()
        if job is None:
            files.remove(export_id)
        elif job.state not in UNDER_WAY:
            files.made(export_id)
        else:
            _Run(job, part).carry_out()


class _Run:
    def __init__(self, job: Export, part: JobControl) -> None:
        self.job, self._part = job, part
        self._ids, self._told_at = array("q"), time.monotonic()

    def carry_out(self) -> None:
        job = self.job
        started = {"state": ExportState.RUNNING, "started_at": timezone.now(), "done": 0}
        if not Export.objects.filter(pk=job.pk, state__in=UNDER_WAY).update(**started):
            files.remove(job.pk)
            return
        try:
            state, why = self._make()
        except Cancelled:
            if not Export.objects.filter(pk=job.pk).exists():
                files.remove(job.pk)
            return
        ended = {"state": state, "why": why[:WHY_LENGTH], "ended_at": timezone.now()}
        if state == ExportState.DONE:
            ended |= {"done": len(self._ids), "size": files.of(job.pk).stat().st_size}
        if Export.objects.filter(pk=job.pk, state=ExportState.RUNNING).update(**ended):
            files.made(job.pk)
        else:
            files.remove(job.pk)

    def _make(self) -> tuple[ExportState, str]:
        """How it ended, and why."""
        by, since = self._owner(), standing.position()
        try:
            with replacing(files.of(self.job.pk)) as file:
                self._write(file, by)
            self._judge(by, since)
        except Exception as error:
            return ExportState.FAILED, why_it_failed(error, self.job, done="written")
        return ExportState.DONE, ""

    def _owner(self) -> Principal:
        by = principal_of(self.job.owner, "session", Origin(Via.HUB))
        return replace(by, token_id=self.job.token_id)

    def _write(self, file: BinaryIO, by: Principal) -> None:
        shown = partial(self._take, by)
        if self.job.format == ExportFormat.MARKDOWN:
            self._expect(chosen := personal.listed(by))
            markdown.write_zip(file, chosen, shown=shown)
        else:
            contents = personal.contents(by)
            self._expect(contents.memories)
            hub_archive.write(file, contents, shown=shown)

    def _judge(self, by: Principal, since: int) -> None:
        """Notes what is in the file. Markdown has what any reader may see; of an archive, grants
        are the most."""
        most = Role.VIEWER if self.job.format == ExportFormat.MARKDOWN else Role.ADMIN
        standing.write(files.judged(self.job.pk), self._ids, by, since=since, most=most)

    def _expect(self, chosen: Q) -> None:
        total = Memory.objects.filter(chosen).count()
        Export.objects.filter(pk=self.job.pk).update(total=total)

    def _take(self, by: Principal, memory_id: int, owner_id: int) -> None:
        """A memory goes into the file; others' count as read."""
        note_shown(memory_id, owner_id, by=by)
        self._ids.append(memory_id)
        if time.monotonic() - self._told_at >= TOLD_EVERY:
            self._note()

    def _note(self) -> None:
        """Tells how far it is. Raises Cancelled and InsufficientStorage."""
        self._told_at = time.monotonic()
        running = Export.objects.filter(pk=self.job.pk, state=ExportState.RUNNING)
        if not running.update(done=len(self._ids)) or self._part.is_over():
            raise Cancelled
        files.require_room()
        self._part.give_way()
