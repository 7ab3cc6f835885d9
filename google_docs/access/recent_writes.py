"""The writes of the last minutes, in the database: shared by all workers and hosts."""

import random

from django.utils import timezone

from google_docs.client.answer_cache import outdate
from google_docs.models import RECENT, RecentWrite
from memory_hub.threads.worker_pool import run_in_worker

CLEAN_EVERY = 50  # notes, on average
MAX_SHOWN = 200


class DatabaseRecentWrites:
    """`store.space.RecentWrites` on the table of that name."""

    async def note(self, space: str, doc_ids: list[str], *, gone: bool = False) -> None:
        await run_in_worker(_note, space, doc_ids, gone)
        await outdate(doc_ids)

    async def among(self, spaces: list[str]) -> dict[str, tuple[str, bool]]:
        return await run_in_worker(_among, spaces)


def _note(space: str, doc_ids: list[str], gone: bool) -> None:
    now = timezone.now()
    RecentWrite.objects.bulk_create(
        [RecentWrite(doc_id=doc_id, space=space, gone=gone, at=now) for doc_id in doc_ids],
        update_conflicts=True,
        unique_fields=["doc_id"],
        update_fields=["space", "gone", "at"],
    )
    if random.random() * CLEAN_EVERY < len(doc_ids):  # noqa: S311 - when to clean up, no secret
        RecentWrite.objects.filter(at__lt=now - RECENT).delete()


def _among(spaces: list[str]) -> dict[str, tuple[str, bool]]:
    rows = (
        RecentWrite.objects.filter(space__in=spaces, at__gte=timezone.now() - RECENT)
        .order_by("-at")
        .values_list("doc_id", "space", "gone")[:MAX_SHOWN]
    )
    return {doc_id: (space, gone) for doc_id, space, gone in rows}
