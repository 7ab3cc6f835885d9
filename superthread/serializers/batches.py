"""Batches: many memories in one call.

Items are taken as they are and validated one by one: a bad one must not harm the others.
"""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Flag, Instant, Text, Whole
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import EXAMPLE
from superthread.serializers.links import RewritingOffer
from superthread.serializers.memories import FindingOut, MemoryChange, NewMemory

EXAMPLES = {
    "save": {"memories": [EXAMPLE, {"content": "Mina has the key."}], "atomic": False},
    "update": {
        "updates": [
            {
                "doc_id": "0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a",
                "revision": 3,
                "content": "Jun has the key.",
            }
        ]
    },
    "delete": {"doc_ids": ["0199b2f0-6c1e-7d3a-9a51-3f0c9d0e4b7a"], "atomic": True},
}


class Items(serializers.Field):
    """A list of 1 to ``most`` items; ``item`` describes one and is not applied here."""

    default_error_messages = {
        "not_list": "A list is expected here.",
        "empty": "Name at least one.",
        "too_many": "At most {limit} at a time.",
    }

    def __init__(self, item: serializers.Field, most: int = limits.BATCH, **options: Any):
        self.item, self.most = item, most
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_list")
        if not data:
            self.fail("empty")
        if len(data) > self.most:
            self.fail("too_many", limit=self.most)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class SaveItem(NewMemory):
    created_at = Instant(
        past=True,
        required=False,
        help_text="when it was made elsewhere: of personal memories, by admins of a team's",
    )


class UpdateItem(MemoryChange):
    EXAMPLE = EXAMPLES["update"]["updates"][0]

    doc_id = Text()
    revision = Whole(
        least=1, most=2**63 - 1, required=False, help_text="refused with 412 where it is stale"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        super().validate({k: v for k, v in attrs.items() if k not in ("doc_id", "revision")})
        return attrs


class _Batch(StrictSerializer):
    atomic = Flag(default=False, help_text="all or none")
    dry_run = Flag(default=False, help_text="judge every item and write nothing")


def _refuse_duplicates(name: str, doc_ids: list[Any]) -> None:
    texts = [doc_id for doc_id in doc_ids if isinstance(doc_id, str)]
    if len(set(texts)) < len(texts):
        error = serializers.ErrorDetail("One doc_id is given twice.", "duplicate_id")
        raise serializers.ValidationError({name: [error]})


class BatchSave(_Batch):
    memories = Items(SaveItem())


class BatchUpdate(_Batch):
    updates = Items(UpdateItem())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [item.get("doc_id") for item in attrs["updates"] if isinstance(item, dict)]
        _refuse_duplicates("updates", named)
        return attrs


class BatchDelete(_Batch):
    doc_ids = Items(Text())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _refuse_duplicates("doc_ids", attrs["doc_ids"])
        return attrs


class ItemResult(serializers.Serializer):
    index = serializers.IntegerField()
    status = serializers.IntegerField(help_text="what the item would be answered alone")
    doc_id = serializers.UUIDField(required=False)
    revision = serializers.IntegerField(required=False)
    terms_left_out = serializers.IntegerField(
        required=False, help_text="distinct terms beyond the bound of the search index"
    )
    findings = FindingOut(
        many=True, required=False, help_text="what looks like a secret in a memory that others read"
    )
    problem = serializers.DictField(required=False, help_text="problem details of a refused item")


class BatchSaved(serializers.Serializer):
    results = ItemResult(many=True)
    saved_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()


class ChangedItemResult(ItemResult):
    links_to_rewrite = RewritingOffer(
        required=False,
        help_text="after a rename, where texts that the caller may edit link to the old path",
    )


class BatchUpdated(serializers.Serializer):
    results = ChangedItemResult(many=True)
    updated_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()


class BatchDeleted(serializers.Serializer):
    results = ItemResult(many=True)
    deleted_count = serializers.IntegerField()
    failed_count = serializers.IntegerField()
