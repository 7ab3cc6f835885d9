"""The texts of Docs: reading them with their places, and editing them."""

from __future__ import annotations

from typing import Any, TypeVar

from google_docs.client import answers, quota
from google_docs.client.answers import Reader
from google_docs.client.identity import File, GoogleIdentity
from google_docs.client.retry import Safety
from google_docs.errors import GoogleRefused, NotEditable, RevisionMismatch
from google_docs.text.pieces import Reading, Shown

# All that is in the tabs: what this hub does not know of yet is shown by its name, not left out.
DOCUMENT = "documentId,revisionId,suggestionsViewMode,tabs"
INLINE, PREVIEW = "SUGGESTIONS_INLINE", "PREVIEW_WITHOUT_SUGGESTIONS"
DEFAULT = "DEFAULT_FOR_CURRENT_ACCESS"  # inline for who may edit
T = TypeVar("T")


class Documents(GoogleIdentity):
    """documents.*"""

    async def document(self, file_id: str) -> Shown:
        """The text as it is shown, with all tabs, and the revision."""
        return await self._document(file_id, DOCUMENT, DEFAULT, answers.text_of(file_id))

    async def revision(self, file_id: str) -> str | None:
        """The revision alone; None for who may not edit."""
        fields = "documentId,revisionId"
        return await self._document(file_id, fields, PREVIEW, answers.revision_of(file_id))

    async def extent(self, file_id: str) -> Reading:
        """The pieces of the text with their indexes, pending suggestions included: writing by the
        indexes of the clean view would hit other text. NotEditable without a revision."""
        found = await self._document(file_id, DOCUMENT, INLINE, answers.document_with(file_id))
        if found.revision is None or not found.inline:
            raise NotEditable("Google tells this account no revision of the document.")
        return found

    async def _document(self, file_id: str, fields: str, view: str, read: Reader[T]) -> T:
        def build(google: Any) -> Any:
            return google.documents.get(
                documentId=file_id,
                fields=fields,
                suggestionsViewMode=view,
                includeTabsContent=True,
            )

        return await self._do(build, read, quota.DOCS_READ)

    async def rewrite(self, file_id: str, requests: list[File], required: str) -> str:
        """Carry out the edits if the document still has the revision; answers the new one.

        RevisionMismatch when it has another one: what Google says of that is a sentence, which
        may change, so the revision is read.
        """

        def build(google: Any) -> Any:
            return google.documents.batchUpdate(
                documentId=file_id,
                body={"requests": requests, "writeControl": {"requiredRevisionId": required}},
                fields="writeControl(requiredRevisionId)",
            )

        try:
            answer = await self._do(build, answers.written, quota.DOCS_WRITE, Safety.ONCE)
        except GoogleRefused as refused:
            if await self.revision(file_id) == required:
                raise
            mismatch = RevisionMismatch("The document changed since it was read.")
            mismatch.said = refused.said
            raise mismatch from None
        return answer["writeControl"]["requiredRevisionId"]
