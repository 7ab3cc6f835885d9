"""The facts that the hub last wrote into descriptions, in its database: people may write over them
in Google's editor."""

from typing import Any

from google_docs.models import KnownFacts
from memory_hub.threads.worker_pool import run_in_worker


class DatabaseKnownFacts:
    """`store.space.Known` on the table of that name."""

    async def line(self, doc_id: str) -> dict[str, Any] | None:
        return await run_in_worker(_line, doc_id)

    async def keep(self, doc_id: str, line: dict[str, Any]) -> None:
        await run_in_worker(_keep, doc_id, line)

    async def forget(self, doc_id: str) -> None:
        await run_in_worker(_forget, doc_id)


def _line(doc_id: str) -> dict[str, Any] | None:
    return KnownFacts.objects.filter(pk=doc_id).values_list("line", flat=True).first()


def _keep(doc_id: str, line: dict[str, Any]) -> None:
    KnownFacts.objects.update_or_create(pk=doc_id, defaults={"line": line})


def _forget(doc_id: str) -> None:
    KnownFacts.objects.filter(pk=doc_id).delete()
