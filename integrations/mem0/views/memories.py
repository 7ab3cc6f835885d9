"""Single memories: added, read, changed, deleted, and what they were."""

from typing import Any

from rest_framework.request import Request

from integrations.mem0 import items
from integrations.mem0.filters import identifiers_of
from integrations.mem0.messages import texts_of
from integrations.mem0.patching import feedback, own_metadata
from integrations.mem0.serializers import AddBody, Anywhere, DeleteQuery, FeedbackBody, UpdateBody
from integrations.mem0.views.base import Mem0View, with_ignored
from integrations.mem0.words import CATEGORY, EXTRACTED
from memory_hub.core.errors import BadInput, JsonAnswer
from memory_hub.rate_limits.bill import charge, charge_afterwards
from memory_hub.rate_limits.prices import BODY_BYTES, ITEM, READ
from superthread.fields import Content, Metadata
from superthread.identifiers import NAMES
from superthread.reads.bounded_pages import PAGE_BYTES
from superthread.reads.named import find
from superthread.services import history, lifecycle, revise, save
from superthread.store_terms import Draft

# Of a history that are shown, the newest.
VERSIONS = 50


def drafts_of(asked: dict[str, Any]) -> list[Draft]:
    """What is to be saved. Raises BadInput."""
    if asked["immutable"]:
        detail = "Every memory of the hub can be changed by who may; it keeps all versions."
        raise BadInput.at("/immutable", "not-offered", detail)
    names = whose(asked)
    texts = texts_of(asked["messages"], whole=asked["infer"])
    return [_draft(text, role, names, asked) for text, role in texts]


def whose(asked: dict[str, Any]) -> dict[str, str]:
    """The identifiers that a body names beside its filters or in them. Raises BadInput where there
    are none, or two that are not the same."""
    beside = AddBody.names_in(asked)
    within = identifiers_of(asked["filters"]) if asked.get("filters") else {}
    for name in beside.keys() & within.keys():
        if beside[name] != within[name]:
            raise BadInput.at(f"/{name}", "contradiction", f"The filters have another {name}.")
    names = within | beside
    if not names:
        raise BadInput.at("", "whose", f"Say whose it is: one of {', '.join(NAMES)}.")
    return names


def _draft(text: str, role: str | None, names: dict[str, str], asked: dict[str, Any]) -> Draft:
    metadata = {**asked.get("metadata", {}), **names}
    if role:
        metadata.setdefault("role", role)
    if asked.get("categories"):
        metadata["tags"] = asked["categories"]
    return Draft(
        content=Content().run_validation(text),
        category=CATEGORY,
        metadata=Metadata().run_validation(metadata),
        expires_at=asked.get("expiration_date"),
        created_at=asked.get("timestamp"),
    )


class AddView(Mem0View):
    def prepare_post(self, request: Request) -> tuple[save.PreparedSave, bool, list[str]]:
        asked, ignored = self.asked(AddBody)
        drafts = drafts_of(asked)
        charge(ITEM * (len(drafts) - 1))
        return save.prepare(drafts, by=self.principal), asked["infer"], ignored

    def post(self, request: Request) -> JsonAnswer:
        """What was said, as memories of the caller's own."""
        prepared, infers, ignored = self.prepared
        rows = [save.store(prepared)] if len(prepared.rows) == 1 else save.store_all(prepared)
        answer: dict[str, Any] = {"results": [self.written(row, event="ADD") for row in rows]}
        answer |= {"inferred": False, "message": EXTRACTED} if infers else {}
        told = JsonAnswer(with_ignored(answer, ignored))
        # Where it is kept for a key, it ends with them.
        told.about = [str(row["doc_id"]) for row in rows]
        return told


class MemoryView(Mem0View):
    queries = {"GET": Anywhere, "PUT": Anywhere, "DELETE": DeleteQuery}

    def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """One memory."""
        return self.shown(find(doc_id=doc_id, by=self.principal))

    def prepare_put(self, request: Request, doc_id: str) -> tuple[revise.Revision, list[str]]:
        asked, ignored = self.asked(UpdateBody)
        changes = changes_of(asked)
        return revise.prepare(doc_id=doc_id, changes=changes, by=self.principal), ignored

    def put(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Changes what is named; null as the day of expiry takes it away."""
        revision, ignored = self.prepared
        row = revise.write(revision, by=self.principal)
        return with_ignored(self.written(row, event="UPDATE"), ignored)

    def delete(self, request: Request, doc_id: str) -> dict[str, str]:
        """To the trash."""
        if self.parameters["delete_linked"]:
            detail = "Memories are linked by their texts, and none is deleted for it."
            raise BadInput.at("query:delete_linked", "not-offered", detail)
        lifecycle.trash(doc_id=doc_id, by=self.principal)
        return {"message": "Memory deleted successfully!"}


def changes_of(asked: dict[str, Any]) -> dict[str, Any]:
    """The changes that a body asks for, as the hub calls them. Raises BadInput."""
    if asked.get("timestamp") is not None:
        detail = "When a memory was made is said when it is added, and not changed."
        raise BadInput.at("/timestamp", "not-offered", detail)
    text = asked.get("text", asked.get("data"))
    changes: dict[str, Any] = {} if text is None else {"content": text}
    if "metadata" in asked:
        changes["metadata"] = own_metadata(asked["metadata"])
    if "expiration_date" in asked:
        changes["expires_at"] = asked["expiration_date"]
    if not changes:
        raise BadInput.at("/text", "required", "Name text, metadata or expiration_date.")
    return changes


class HistoryView(Mem0View):
    def get(self, request: Request, doc_id: str) -> list[dict[str, Any]]:
        """What it was, from its first version or the oldest of the newest VERSIONS on."""
        found, is_whole = history.states(
            doc_id=doc_id, by=self.principal, most=VERSIONS, most_bytes=PAGE_BYTES
        )
        charge(READ * (len(found) - 1))
        befores = [None, *found]
        told = [
            _change(doc_id, before, version)
            for before, version in zip(befores, found, strict=False)
        ]
        return told if is_whole else told[1:]


def _change(doc_id: str, before: dict[str, Any] | None, version: dict[str, Any]) -> dict[str, Any]:
    metadata = version["metadata"]
    return {
        "id": version["version_id"],
        "memory_id": doc_id,
        "event": "ADD" if version["number"] == 1 else "UPDATE",
        "old_memory": before["content"] if before else None,
        "new_memory": version["content"],
        **items.identifiers(metadata),
        "metadata": items.own(metadata),
        "categories": items.categories(metadata),
        "created_at": version["created_at"],
        "updated_at": version["created_at"],
    }


class FeedbackView(Mem0View):
    def prepare_post(self, request: Request) -> tuple[revise.Revision, list[str]]:
        asked, ignored = self.asked(FeedbackBody)
        changes = {"metadata": feedback(asked.get("feedback"), asked.get("feedback_reason"))}
        doc_id = asked["memory_id"]
        return revise.prepare(doc_id=doc_id, changes=changes, by=self.principal), ignored

    def post(self, request: Request) -> dict[str, Any]:
        """Kept with the memory, for people: nothing is ranked by it."""
        revision, ignored = self.prepared
        row = revise.write(revision, by=self.principal)
        charge_afterwards(row["size"] // BODY_BYTES)
        return with_ignored({"id": str(row["doc_id"]), "message": "Feedback is kept."}, ignored)
