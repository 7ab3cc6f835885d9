"""The texts that lists and searches show: what a single read shows, at less cost."""

import asyncio

from google_docs.client.answer_cache import ReadCache, now, stamp_of
from google_docs.errors import GoogleRateLimited
from google_docs.store import file_properties
from google_docs.store.space import Located
from google_docs.text.canonical import from_export
from google_docs.text.pieces import Shown


class CachedTexts:
    """`store.space.Texts`, through what this worker remembers.

    Google lets an account read few documents a minute, and export many. Where the reads are used
    up, a document that is exported just as the hub left it is that; any other one is told as not
    read, rather than with another text than a single read would show.
    """

    def __init__(self, documents: ReadCache) -> None:
        self.documents = documents

    async def of(self, found: Located) -> Shown:
        calls, doc_id = found.calls.hasty(), found.doc_id
        stamp = await stamp_of(doc_id)
        kept = await self.documents.text(found.calls, doc_id, stamp)
        if kept is not None:
            return kept
        async with found.calls.bulk:
            try:
                asked_at = now()
                shown, _ = await asyncio.gather(
                    calls.document(doc_id), self.documents.watch(found.calls)
                )
            except GoogleRateLimited:
                return await self._exported(found)
        self.documents.put_text(found.calls, doc_id, shown, asked_at, stamp)
        return shown

    async def _exported(self, found: Located) -> Shown:
        text = from_export(await found.calls.hasty().export(found.doc_id))
        own = found.file["appProperties"]
        if file_properties.of_text(text).items() <= own.items():
            return Shown(text)
        raise GoogleRateLimited("The account's reads of documents are used up for the moment.")
