"""What comes in and goes out of `/google-docs`: the shapes of `/superthread`, where they fit."""

from typing import Any

from rest_framework import serializers

from google_docs.store.batch import MAX_ITEMS
from memory_hub.api.fields import Choice, Flag, QueryFlag, QueryWhole, Text, Whole
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import (
    Category,
    ChangedText,
    GrantMap,
    Metadata,
    NewText,
    TeamKey,
    refuse_lone_team,
)
from superthread.serializers.batches import Items

SCOPES = ["personal", "team"]
# All of it is one line of a file's description.
METADATA_BYTES = 8 * 2**10
QUERY_LENGTH = 200
SEARCH_LIMIT = 20  # each result costs an export


class NewDocMemory(NewText):
    scope = Choice(choices=SCOPES, default="personal")
    metadata = Metadata(METADATA_BYTES, required=False)


class DocMemoryChange(ChangedText):
    metadata = Metadata(METADATA_BYTES, required=False)
    force = Flag(
        required=False, help_text="write the content over tables, images and the like, if need be"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        super().validate({name: value for name, value in attrs.items() if name != "force"})
        return attrs


class DocListQuery(StrictSerializer):
    scope = Choice(choices=[*SCOPES, "all"], default="personal")
    team_key = TeamKey()
    category = Category(required=False)
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=20_000, required=False)
    include = Choice(choices=["content"], required=False, help_text="each content costs an export")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return refuse_lone_team(attrs)


class DocSearch(StrictSerializer):
    query = Text(max_length=QUERY_LENGTH, help_text="whole words; a phrase in double quotes")
    scope = Choice(choices=[*SCOPES, "all"], default="all")
    team_key = TeamKey(allow_null=True)
    category = Category(required=False, allow_null=True)
    limit = Whole(least=1, most=SEARCH_LIMIT, default=SEARCH_LIMIT)
    cursor = Text(max_length=20_000, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return refuse_lone_team(attrs)


class DocItems(Items):
    """As many items as Google is asked about at once; each is judged for itself."""

    def __init__(self, item: serializers.Field, **options: Any):
        super().__init__(item, most=MAX_ITEMS, **options)


class DocBatchSave(StrictSerializer):
    memories = DocItems(NewDocMemory())
    atomic = Flag(default=False, help_text="Google knows no transactions: true is refused")

    def validate_atomic(self, value: bool) -> bool:
        if value:
            raise serializers.ValidationError("Google Docs knows no transactions.", "unsupported")
        return value


class DocIds(DocItems):
    """Document ids, none of them twice."""

    default_error_messages = {
        "not_text": "Each id is a text.",
        "duplicate": "An id is given twice.",
    }

    def __init__(self, **options: Any):
        super().__init__(Text(), **options)

    def to_internal_value(self, data: Any) -> list[str]:
        ids = super().to_internal_value(data)
        if not all(isinstance(doc_id, str) for doc_id in ids):
            self.fail("not_text")
        if len(set(ids)) < len(ids):
            self.fail("duplicate")
        return ids


class DocBatchDelete(DocBatchSave):
    memories = None
    doc_ids = DocIds()


class DocPermissionChange(StrictSerializer):
    permissions = GrantMap()
    notify = Flag(default=False, help_text="let Google mail the people")


class DocVersionsQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.VERSIONS_PAGE, default=10)


class RestoreQuery(StrictSerializer):
    force = QueryFlag(default=False, help_text="over tables, images and the like, if need be")
