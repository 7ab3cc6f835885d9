"""What comes in and goes out of ``/superthread``."""

from typing import Any

from rest_framework import serializers

from memory_hub.accounts.models import TEAM_KEY_LENGTH
from memory_hub.accounts.serializers import normal_address
from memory_hub.serializers import (
    Choice,
    Flag,
    Instant,
    JsonObject,
    QueryFlag,
    QueryWhole,
    StrictSerializer,
    Text,
    Whole,
)
from superthread import limits
from superthread.models import GrantRole, Scope
from superthread.search.query import LONGEST_QUERY
from superthread.services.save import Draft

SCOPES = Scope.labels
EXAMPLE = {
    "content": "Deploys happen on Tuesdays at 14:00.",
    "category": "decisions",
    "metadata": {"source": "stand-up"},
}


EXAMPLE_MEMORY = {
    "doc_id": "01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "scope": "personal",
    "team_key": None,
    **EXAMPLE,
    "title": "Deploys happen on Tuesdays at 14:00.",
    "revision": 1,
    "owner": "mina@example.com",
    "role": "owner",
    "size": 36,
    "created_at": "2026-11-22T20:41:11.062584Z",
    "updated_at": "2026-11-22T20:41:11.062584Z",
    "expires_at": None,
}
EXAMPLE_VERSION = {
    "version_id": "01a204fe-0c11-7d8e-9a57-2f1b7c0a4d33",
    "number": 1,
    "description": "",
    "author": "mina@example.com",
    "created_at": "2026-11-22T20:41:11.062584Z",
    "size": 36,
    "current": True,
}


class Content(Text):
    """The text of a memory: kept as it is but for NFC, bounded in UTF-8 bytes."""

    default_error_messages = {"too_many_bytes": "This may have at most {limit} bytes of UTF-8."}

    def __init__(self, **options: Any):
        super().__init__(line=False, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        # A code point has at most four bytes: most texts need no encoding to be sure.
        if len(text) * 4 > limits.CONTENT_BYTES and len(text.encode()) > limits.CONTENT_BYTES:
            self.fail("too_many_bytes", limit=limits.CONTENT_BYTES)
        return text


def _metadata(**options: Any) -> JsonObject:
    return JsonObject(
        size=limits.METADATA_BYTES,
        depth=limits.METADATA_DEPTH,
        keys=limits.METADATA_KEYS,
        **options,
    )


class NewMemory(StrictSerializer):
    content = Content()
    scope = Choice(choices=SCOPES, default="personal")
    category = Text(max_length=limits.CATEGORY_LENGTH, default="default")
    team_key = Text(
        max_length=TEAM_KEY_LENGTH,
        required=False,
        allow_null=True,
        help_text="required for and only for the scope team",
    )
    metadata = _metadata(required=False)
    expires_at = Instant(future=True, required=False, allow_null=True)

    def draft(self) -> Draft:
        """The validated input as what the service takes."""
        return Draft(**self.validated_data)


class MemoryChange(StrictSerializer):
    EXAMPLE = {"content": "Deploys happen on Thursdays at 14:00."}

    content = Content(required=False)
    category = Text(max_length=limits.CATEGORY_LENGTH, required=False)
    metadata = _metadata(required=False)
    expires_at = Instant(future=True, required=False, allow_null=True)
    scope = Choice(choices=SCOPES, required=False)
    team_key = Text(max_length=TEAM_KEY_LENGTH, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Name at least one field to change.", "empty")
        return attrs


class GrantMap(serializers.Field):
    """``{"user@example.com": "viewer" | "editor" | "admin" | null}``, addresses normalised."""

    default_error_messages = {
        "not_object": "A JSON object of addresses and roles is expected here.",
        "empty": "Name at least one address.",
        "too_many": "At most {limit} addresses at a time.",
        "unknown_role": "A role is viewer, editor, admin or null.",
        "duplicate_address": "One address is given twice.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str | None]:
        if not isinstance(data, dict):
            self.fail("not_object")
        if not data:
            self.fail("empty")
        if len(data) > limits.GRANTS_PER_CALL:
            self.fail("too_many", limit=limits.GRANTS_PER_CALL)
        changes: dict[str, str | None] = {}
        for address, role in data.items():
            email = normal_address(address)
            if role is not None and (not isinstance(role, str) or role not in GrantRole.labels):
                self.fail("unknown_role")
            if email in changes:
                self.fail("duplicate_address")
            changes[email] = role
        return changes

    def to_representation(self, value: Any) -> Any:
        return value


class PermissionChange(StrictSerializer):
    EXAMPLE = {"permissions": {"jun@example.com": "editor", "sora@example.com": None}}

    permissions = GrantMap()


class ListQuery(StrictSerializer):
    scope = Choice(choices=[*SCOPES, "all"], default="personal")
    team_key = Text(max_length=TEAM_KEY_LENGTH, required=False)
    category = Text(max_length=limits.CATEGORY_LENGTH, required=False)
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=200, required=False)


class SaveQuery(StrictSerializer):
    report_duplicates = QueryFlag(
        default=False, help_text="name memories that say the same in the same words"
    )


class SearchBody(StrictSerializer):
    query = Text(max_length=LONGEST_QUERY, line=False, allow_blank=True)
    scope = Choice(choices=[*SCOPES, "all"], default="all")
    team_key = Text(max_length=TEAM_KEY_LENGTH, required=False)
    category = Text(max_length=limits.CATEGORY_LENGTH, required=False)
    limit = Whole(least=1, most=limits.PAGE, default=20)
    cursor = Text(max_length=limits.SEARCH_CURSOR_LENGTH, required=False)
    explain = Flag(default=False, help_text="say which terms count how much")


class SimilarQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.PAGE, default=5)


class TrashQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=200, required=False)


class DeleteQuery(StrictSerializer):
    permanent = QueryFlag(default=False, help_text="purge for good; for the owner")


class VersionsQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.VERSIONS_PAGE, default=10)
    cursor = Text(max_length=200, required=False)


class NameQuery(StrictSerializer):
    description = Text(max_length=limits.DESCRIPTION_LENGTH, default="", allow_blank=True)


class DiffQuery(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a keyword of Python and so cannot be a class attribute.
        return {
            "from": QueryWhole(least=1, most=2**53),
            "to": QueryWhole(least=1, most=2**53, required=False),
        }


class MemoryOut(serializers.Serializer):
    EXAMPLE = EXAMPLE_MEMORY

    doc_id = serializers.UUIDField()
    scope = serializers.ChoiceField(SCOPES)
    team_key = serializers.CharField(allow_null=True)
    category = serializers.CharField()
    title = serializers.CharField()
    content = serializers.CharField()
    metadata = serializers.DictField()
    revision = serializers.IntegerField()
    owner = serializers.EmailField()
    role = serializers.ChoiceField(
        ["none", "viewer", "editor", "admin", "owner"],
        help_text="the caller's own; none only for one who has just moved it out of their reach",
    )
    size = serializers.IntegerField(help_text="bytes of the content in UTF-8")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class MemoryPage(serializers.Serializer):
    EXAMPLE = {"memories": [EXAMPLE_MEMORY], "count": 1, "next_cursor": None}

    memories = MemoryOut(many=True)
    count = serializers.IntegerField(help_text="how many are in this answer")
    next_cursor = serializers.CharField(allow_null=True)


class SavedMemoryOut(MemoryOut):
    duplicates = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="with report_duplicates: doc_id and score (0.8 to 1) of what says the same",
    )


class TermOut(serializers.Serializer):
    term = serializers.CharField()
    idf = serializers.FloatField()
    weight = serializers.FloatField(help_text="below 1 for a respelling or a compound")
    instead_of = serializers.CharField(allow_null=True)


class SearchExplanation(serializers.Serializer):
    terms = TermOut(many=True)
    phrases = serializers.ListField(child=serializers.CharField())
    excluded = serializers.ListField(child=serializers.CharField())
    tie = serializers.CharField(help_text="what decides between equal scores")


class SearchResult(MemoryOut):
    score = serializers.FloatField(help_text="BM25; comparable within one answer only")
    highlight = serializers.CharField(help_text="HTML: matched words in <mark>, the rest escaped")
    explain = serializers.DictField(child=serializers.FloatField(), required=False)


class SearchPage(serializers.Serializer):
    results = SearchResult(many=True)
    count = serializers.IntegerField(help_text="how many are in this answer")
    next_cursor = serializers.CharField(allow_null=True)
    took_ms = serializers.FloatField()
    explain = SearchExplanation(required=False)


class SimilarMemory(MemoryOut):
    score = serializers.FloatField(help_text="1: the same words; 0: none in common")


class SimilarPage(serializers.Serializer):
    memories = SimilarMemory(many=True)
    count = serializers.IntegerField()


class TrashedOut(MemoryOut):
    deleted_at = serializers.DateTimeField()
    deleted_by = serializers.EmailField(allow_null=True)
    purge_at = serializers.DateTimeField(help_text="from then on it cannot be undeleted")


class TrashPage(serializers.Serializer):
    memories = TrashedOut(many=True)
    count = serializers.IntegerField(help_text="how many are in this answer")
    next_cursor = serializers.CharField(allow_null=True)


class PermissionsOut(serializers.Serializer):
    EXAMPLE = {
        "doc_id": EXAMPLE_MEMORY["doc_id"],
        "owner": "mina@example.com",
        "permissions": {"jun@example.com": "editor"},
    }

    doc_id = serializers.UUIDField()
    owner = serializers.EmailField()
    permissions = serializers.DictField(child=serializers.ChoiceField(GrantRole.labels))


class VersionOut(serializers.Serializer):
    EXAMPLE = EXAMPLE_VERSION

    version_id = serializers.UUIDField()
    number = serializers.IntegerField()
    description = serializers.CharField()
    author = serializers.EmailField()
    created_at = serializers.DateTimeField()
    size = serializers.IntegerField()
    current = serializers.BooleanField()


class WholeVersionOut(VersionOut):
    EXAMPLE = {**EXAMPLE_VERSION, **EXAMPLE}

    category = serializers.CharField()
    content = serializers.CharField()
    metadata = serializers.DictField()


class VersionPage(serializers.Serializer):
    EXAMPLE = {"versions": [EXAMPLE_VERSION], "count": 1, "next_cursor": None}

    versions = VersionOut(many=True)
    count = serializers.IntegerField()
    next_cursor = serializers.CharField(allow_null=True)


class DiffOut(serializers.Serializer):
    EXAMPLE = {
        "from": 1,
        "to": 2,
        "diff": "--- version 1\n+++ version 2\n@@ -1 +1 @@\n-Tuesdays\n+Thursdays\n",
    }

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "from": serializers.IntegerField(),
            "to": serializers.IntegerField(),
            "diff": serializers.CharField(help_text="unified diff"),
        }


class StatsOut(serializers.Serializer):
    EXAMPLE = {
        "total_documents": 2,
        "total_size": 72,
        "storage_used": 144,
        "storage_limit": None,
        "average_size": 36.0,
        "members": 3,
        "teams": 1,
        "by_scope": {"personal": 1, "team": 1, "public": 0},
        "by_category": {"decisions": 2},
    }

    total_documents = serializers.IntegerField()
    total_size = serializers.IntegerField()
    storage_used = serializers.IntegerField(help_text="bytes, versions included")
    storage_limit = serializers.IntegerField(allow_null=True)
    average_size = serializers.FloatField()
    members = serializers.IntegerField()
    teams = serializers.IntegerField()
    by_scope = serializers.DictField(child=serializers.IntegerField())
    by_category = serializers.DictField(child=serializers.IntegerField())


class InfoOut(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    version = serializers.CharField()
    database = serializers.CharField()
    features = serializers.ListField(child=serializers.CharField())
    limits = serializers.DictField(child=serializers.IntegerField())


class HealthOut(serializers.Serializer):
    EXAMPLE = {"status": "healthy", "type": "superthread", "database": "sqlite"}

    status = serializers.CharField()
    type = serializers.CharField()
    database = serializers.CharField()
