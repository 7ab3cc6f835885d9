"""What comes in and goes out of ``/superthread``."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from memory_hub.serializers import (
    Choice,
    Flag,
    Instant,
    QueryFlag,
    QueryWhole,
    StrictSerializer,
    Text,
    Whole,
)
from superthread import limits
from superthread.fields import (
    EXAMPLE,
    Address,
    Category,
    ChangedText,
    GrantMap,
    MemoryFacts,
    Metadata,
    NewText,
    Recency,
    TeamKey,
    refuse_lone_team,
)
from superthread.filters import ORIGINS
from superthread.models import GrantRole, Scope
from superthread.queries import MOST_NAMES, Conditions, ConditionsObject, Names, OwnerName, Words
from superthread.search.order import SORTS
from superthread.search.query import LONGEST_QUERY, SYNTAXES
from superthread.shape import CONTENTS, FIELDS, SUMMARY

SCOPES = Scope.labels
ROLES = ("viewer", "editor", "admin", "owner")
EXAMPLE_MEMORY = {
    "doc_id": "01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "scope": "personal",
    "team_key": None,
    **EXAMPLE,
    "title": "Deploys happen on Tuesdays at 14:00.",
    "revision": 1,
    "owner": "mina@example.com",
    "role": "owner",
    "origin": "own",
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


class NewMemory(NewText):
    scope = Choice(choices=SCOPES, default="personal")
    metadata = Metadata(required=False)


class MemoryChange(ChangedText):
    EXAMPLE = {"content": "Deploys happen on Thursdays at 14:00."}

    metadata = Metadata(required=False)
    scope = Choice(choices=SCOPES, required=False)
    team_key = TeamKey(allow_null=True)


class PermissionChange(StrictSerializer):
    EXAMPLE = {"permissions": {"jun@example.com": "editor", "sora@example.com": None}}

    permissions = GrantMap()


class MemoryMerge(MemoryChange):
    EXAMPLE = {"metadata": {"reviewed": True, "draft": None}}

    metadata = Metadata(required=False, allow_null=True)


class CategoryRename(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a keyword of Python and so cannot be a class attribute.
        return {
            "from": Category(),
            "to": Category(help_text="there may be memories in it already"),
            "scope": Choice(choices=[*SCOPES, "all"], default="all"),
            "team_key": TeamKey(),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["from"] == attrs["to"]:
            raise serializers.ValidationError({"to": "It has this name already."}, "same")
        return attrs


class FacetsQuery(StrictSerializer):
    scope = Choice(choices=[*SCOPES, "all"], default="all")
    team_key = TeamKey()
    category = Category(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return refuse_lone_team(attrs)


class FacetsOut(serializers.Serializer):
    categories = serializers.DictField(child=serializers.IntegerField())
    tags = serializers.DictField(
        child=serializers.IntegerField(), help_text="of the metadata's `tags`"
    )
    examined = serializers.IntegerField(help_text="memories whose tags were counted, the latest")
    complete = serializers.BooleanField(help_text="whether these were all")


class CategoryRenamed(serializers.Serializer):
    renamed = serializers.IntegerField()
    more = serializers.BooleanField(help_text="repeat the call for the rest")


class ShapeQuery(StrictSerializer):
    fields_help = "the fields wanted, with commas: doc_id,title,updated_at; all unless told"

    def get_fields(self) -> dict[str, serializers.Field]:
        # "fields" is what serializers have themselves, and so cannot be a class attribute.
        return {
            **super().get_fields(),
            "fields": Words(choices=FIELDS, required=False, help_text=self.fields_help),
            "content": Choice(
                choices=CONTENTS,
                default="full",
                help_text=f"summary: its first {SUMMARY} characters, as `summary`",
            ),
        }


class ShapeBody(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            **super().get_fields(),
            "fields": serializers.ListField(
                child=Choice(choices=FIELDS),
                required=False,
                allow_empty=False,
                max_length=len(FIELDS),
                help_text="the fields wanted; all unless told",
            ),
            "content": Choice(
                choices=CONTENTS,
                default="full",
                help_text="summary: its beginning, as `summary`; the highlight is there anyway",
            ),
        }


def refuse_both_categories(attrs: dict[str, Any]) -> None:
    """One category, or one of several."""
    if "category" in attrs and "categories" in attrs:
        detail = "Give either category or categories."
        raise serializers.ValidationError({"categories": detail}, "either_or")


class ListQuery(ShapeQuery):
    scope = Choice(choices=[*SCOPES, "all"], default="personal")
    team_key = TeamKey()
    category = Category(required=False)
    sort = Choice(
        choices=["updated", "created"],
        default="updated",
        help_text="by `created` no memory changes its place: for copies of everything",
    )
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=200, required=False)
    total = QueryFlag(default=False, help_text="count all pages' memories too")
    categories = Names(required=False, help_text="one of these, with commas")
    created_from = Instant(required=False)
    created_before = Instant(required=False)
    updated_from = Instant(required=False)
    updated_before = Instant(required=False)
    owner = OwnerName()
    role = Choice(choices=ROLES, required=False, help_text="at least")
    origin = Words(choices=ORIGINS, required=False, help_text="one of these, with commas")
    tag = Text(max_length=200, required=False, help_text="in the metadata's `tags`")
    metadata = Conditions(
        required=False,
        help_text='JSON: {"path.to.key": {"equals": 1}, "other": {"exists": true}, '
        '"list": {"contains": "a"}}; examined memory by memory',
    )
    ids = Names(
        required=False,
        most=limits.PAGE,
        help_text="these memories, in this order, whatever their scope; beside fields, content "
        "and cursor alone",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        beside = set(self.initial_data) - {"ids", "fields", "content", "cursor"}
        if "ids" in attrs and beside:
            raise serializers.ValidationError(
                {min(beside): "It goes not with ids."}, "not_with_ids"
            )
        refuse_both_categories(attrs)
        return refuse_lone_team(attrs)


class SaveQuery(ShapeQuery):
    report_duplicates = QueryFlag(
        default=False, help_text="name memories that say the same in the same words"
    )


class SearchBody(ShapeBody):
    query = Text(max_length=LONGEST_QUERY, line=False, allow_blank=True)
    scope = Choice(choices=[*SCOPES, "all"], default="all")
    team_key = TeamKey()
    category = Category(required=False)
    limit = Whole(least=1, most=limits.PAGE, default=20)
    cursor = Text(max_length=limits.SEARCH_CURSOR_LENGTH, required=False)
    syntax = Choice(
        choices=SYNTAXES,
        default="auto",
        help_text="plain: all is text; web: every -word excludes; auto: where that is sure",
    )
    sort = Choice(choices=SORTS, default="relevance", help_text="of the 1,000 best at a time")
    recency = Recency(required=False)
    explain = Flag(default=False, help_text="say which terms count how much")
    categories = serializers.ListField(
        child=Category(),
        required=False,
        allow_empty=False,
        max_length=MOST_NAMES,
        help_text="one of these",
    )
    created_from = Instant(required=False)
    created_before = Instant(required=False)
    updated_from = Instant(required=False)
    updated_before = Instant(required=False)
    owner = OwnerName()
    role = Choice(choices=ROLES, required=False, help_text="at least; examined hit by hit")
    origin = serializers.ListField(
        child=Choice(choices=ORIGINS),
        required=False,
        allow_empty=False,
        max_length=len(ORIGINS),
        help_text="one of these; examined hit by hit",
    )
    tag = Text(
        max_length=200,
        required=False,
        help_text="in the metadata's `tags`; examined hit by hit",
    )
    metadata = ConditionsObject(
        required=False,
        help_text='{"path.to.key": {"equals": 1}, "other": {"exists": true}, '
        '"list": {"contains": "a"}}; examined hit by hit',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_both_categories(attrs)
        return {"recency": {"recency": "tie"}, **refuse_lone_team(attrs)}


class SimilarQuery(ShapeQuery):
    limit = QueryWhole(least=1, most=limits.PAGE, default=5)


class TrashQuery(ShapeQuery):
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=200, required=False)


class VersionsQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.VERSIONS_PAGE, default=10)
    cursor = Text(max_length=200, required=False)


class DiffQuery(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a keyword of Python and so cannot be a class attribute.
        return {
            "from": QueryWhole(least=1, most=2**53),
            "to": QueryWhole(least=1, most=2**53, required=False),
        }


# All fields are there unless the request asked for some.
class MemoryOut(MemoryFacts):
    EXAMPLE = EXAMPLE_MEMORY

    def get_fields(self) -> dict[str, serializers.Field]:
        found = super().get_fields()
        for name in FIELDS:
            found[name].required = False
        return found

    doc_id = serializers.UUIDField()
    scope = serializers.ChoiceField(SCOPES)
    content = serializers.CharField()
    revision = serializers.IntegerField()
    owner = serializers.EmailField()
    role = serializers.ChoiceField(
        ["none", "viewer", "editor", "admin", "owner"],
        help_text="the caller's own; none only for one who has just moved it out of their reach",
    )
    origin = serializers.ChoiceField(
        ORIGINS, help_text="one's own, a team's, shared by a grant, or everybody's"
    )
    summary = serializers.CharField(
        required=False, help_text="with content=summary, in place of the content"
    )
    terms_left_out = serializers.IntegerField(
        required=False,
        help_text="distinct terms beyond the bound of the search index (`indexed_terms` of /info): "
        "told by writes and by `explain`, where there are such",
    )


# What a write answers to a token that may write and not read, and a replay to whoever may no more.
class Receipt(serializers.Serializer):
    CLOSED = True

    doc_id = serializers.UUIDField(required=False)
    revision = serializers.IntegerField(required=False)
    version_id = serializers.UUIDField(required=False)
    number = serializers.IntegerField(required=False)


def written(
    whole: type[serializers.Serializer], receipt: type[serializers.Serializer] = Receipt
) -> PolymorphicProxySerializer:
    """The answer of a write: the whole to those who may read it, else its receipt."""
    return PolymorphicProxySerializer(
        component_name=f"{whole.__name__.removesuffix('Out')}Written",
        serializers=[whole, receipt],
        resource_type_field_name=None,
    )


class MemoryPage(serializers.Serializer):
    EXAMPLE = {"memories": [EXAMPLE_MEMORY], "count": 1, "next_cursor": None}

    memories = MemoryOut(many=True)
    count = serializers.IntegerField(help_text="how many are in this answer")
    next_cursor = serializers.CharField(allow_null=True)
    total = serializers.IntegerField(required=False, help_text="with total: over all pages")
    examined = serializers.IntegerField(
        required=False,
        help_text="how many memories were looked at for filters that no index answers; a page may "
        "hold none and still have a next one",
    )
    missing = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="with ids: those of which there is no memory for the caller",
    )


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
    sort = serializers.ChoiceField(SORTS)
    recency = serializers.JSONField()
    tie = serializers.CharField(help_text="what decides between equal scores")


class SearchResult(MemoryOut):
    EXAMPLE = {
        **EXAMPLE_MEMORY,
        "score": 1.842,
        "highlight": "<mark>Deploys</mark> happen on Tuesdays at 14:00.",
    }

    score = serializers.FloatField(help_text="BM25; comparable within one answer only")
    highlight = serializers.CharField(help_text="HTML: matched words in <mark>, the rest escaped")
    explain = serializers.DictField(child=serializers.FloatField(), required=False)


class SearchPage(serializers.Serializer):
    results = SearchResult(many=True)
    count = serializers.IntegerField(help_text="how many are in this answer")
    excluded = serializers.ListField(
        child=serializers.CharField(), help_text="words and phrases that no result may hold"
    )
    incomplete = serializers.BooleanField(
        help_text="a phrase was looked for in as many memories as one query reads, or as many hits "
        "were examined for the filters as one page may; more are left"
    )
    next_cursor = serializers.CharField(allow_null=True)
    took_ms = serializers.FloatField()
    explain = SearchExplanation(required=False)


class SimilarMemory(MemoryOut):
    EXAMPLE = {**EXAMPLE_MEMORY, "score": 0.91}

    score = serializers.FloatField(help_text="1: the same words; 0: none in common")


class SimilarPage(serializers.Serializer):
    memories = SimilarMemory(many=True)
    count = serializers.IntegerField()


class TrashedOut(MemoryOut):
    EXAMPLE = {
        **EXAMPLE_MEMORY,
        "deleted_at": "2026-11-23T08:00:00Z",
        "deleted_by": "mina@example.com",
        "purge_at": "2026-12-23T08:00:00Z",
    }

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


class ShareReply(StrictSerializer):
    EXAMPLE = {"accept": True}

    accept = Flag()
    block = Flag(default=False, help_text="with a decline: no further offer of the sender")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["accept"] and attrs["block"]:
            raise serializers.ValidationError("Only a decline can block.", "contradiction")
        return attrs


class ShareOut(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "doc_id": serializers.UUIDField(),
            "from": serializers.EmailField(allow_null=True),
            "role": serializers.ChoiceField(GrantRole.labels),
            "offered_at": serializers.DateTimeField(),
        }


class ShareList(serializers.Serializer):
    shares = ShareOut(many=True)


class TransferBody(StrictSerializer):
    EXAMPLE = {"to": "jun@example.com"}

    to = Address(required=False, allow_null=True, help_text="whom to offer it; null withdraws")
    accept = Flag(required=False, help_text="the answer to an offer")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give either `to` or `accept`.", "either_or")
        return attrs


class TransferOut(serializers.Serializer):
    EXAMPLE = {
        "doc_id": EXAMPLE_MEMORY["doc_id"],
        "owner": "mina@example.com",
        "offered_to": "jun@example.com",
    }

    doc_id = serializers.UUIDField()
    owner = serializers.EmailField()
    offered_to = serializers.EmailField(allow_null=True)


class OfferOut(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "doc_id": serializers.UUIDField(),
            "from": serializers.EmailField(),
            "offered_at": serializers.DateTimeField(),
        }


class TransferList(serializers.Serializer):
    transfers = OfferOut(many=True)


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
    storage_used = serializers.IntegerField(help_text="bytes, with the versions you may read")
    storage_limit = serializers.IntegerField(allow_null=True)
    average_size = serializers.FloatField()
    members = serializers.IntegerField()
    teams = serializers.IntegerField()
    by_scope = serializers.DictField(child=serializers.IntegerField())
    by_category = serializers.DictField(child=serializers.IntegerField())


class PriceOut(serializers.Serializer):
    counted = serializers.CharField()
    points = serializers.IntegerField(help_text="for each so many of what is counted")
    each = serializers.IntegerField()
    meaning = serializers.CharField()


class PointsOut(serializers.Serializer):
    limit = serializers.IntegerField(
        allow_null=True, help_text="points of a token, a session or an address; null: no limit"
    )
    limit_of_user = serializers.IntegerField(
        allow_null=True, help_text="points of all tokens and sessions of a user together"
    )
    seconds = serializers.IntegerField(allow_null=True, help_text="after which it starts anew")
    prices = PriceOut(many=True)


class InfoOut(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    version = serializers.CharField()
    database = serializers.CharField()
    features = serializers.ListField(child=serializers.CharField())
    points = PointsOut()
    limits = serializers.DictField(child=serializers.IntegerField())


class HealthOut(serializers.Serializer):
    EXAMPLE = {"status": "healthy", "type": "superthread", "database": "sqlite"}

    status = serializers.CharField()
    type = serializers.CharField()
    database = serializers.CharField()
