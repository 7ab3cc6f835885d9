"""Lists of memories, those in the trash too, and what they count."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Choice, Instant, QueryFlag, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import Category, TeamKey, refuse_lone_team
from superthread.reads.filters import ORIGINS
from superthread.serializers.filters import Conditions, Names, OwnerName, PathPrefix, Words
from superthread.serializers.memories import EXAMPLE_MEMORY, ROLES, SCOPES, MemoryOut
from superthread.serializers.shape import ShapeQuery


def refuse_both_categories(attrs: dict[str, Any]) -> None:
    """One category, or one of several."""
    if "category" in attrs and "categories" in attrs:
        detail = "Give either category or categories."
        raise serializers.ValidationError({"categories": detail}, "either_or")


# What a list may be asked beside the moment that it is to be of.
AS_IT_WAS = ("scope", "team_key", "category", "limit", "cursor", "fields", "content")


class MemoryQuery(ShapeQuery):
    at = Instant(required=False, help_text="as it was then, for who may edit it")


class ListQuery(ShapeQuery):
    scope = Choice(choices=[*SCOPES, "all"], default="personal")
    team_key = TeamKey()
    category = Category(required=False)
    at = Instant(
        required=False,
        help_text="as it was then, of what the caller may edit: with scope, team_key, category, "
        "limit, cursor, fields and content alone; the latest change first",
    )
    sort = Choice(
        choices=["updated", "created", "path"],
        required=False,
        help_text="by `created` no memory changes its place: for copies of everything; by `path` "
        "are those that have one, as is the default with path_prefix or depth; else `updated`",
    )
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=limits.LIST_CURSOR_LENGTH, required=False)
    path_prefix = PathPrefix()
    depth = QueryWhole(
        least=1,
        most=limits.PATH_SEGMENTS,
        required=False,
        help_text="at most so many segments of the path behind the last slash of path_prefix",
    )
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
        '"list": {"contains": "a"}}; a dot inside a key is \\\\.; examined memory by memory',
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
        beside = set(self.initial_data) - {"at", *AS_IT_WAS}
        if "at" in attrs and beside:
            raise serializers.ValidationError({min(beside): "It goes not with at."}, "not_with_at")
        refuse_both_categories(attrs)
        by_path = "path_prefix" in attrs or "depth" in attrs
        return refuse_lone_team({"sort": "path" if by_path else "updated", **attrs})


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


class TrashQuery(ShapeQuery):
    limit = QueryWhole(least=1, most=limits.PAGE, default=10)
    cursor = Text(max_length=200, required=False)


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


class CategoryRenamed(serializers.Serializer):
    renamed = serializers.IntegerField()
    more = serializers.BooleanField(help_text="repeat the call for the rest")
