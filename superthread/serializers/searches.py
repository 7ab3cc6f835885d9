"""Searches and what is alike."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Choice, Flag, Instant, QueryWhole, Text, Whole
from superthread import limits
from superthread.fields import Category, Recency, TeamKey, refuse_lone_team
from superthread.reads.filters import ORIGINS
from superthread.search.parsing import LONGEST_QUERY, SYNTAXES
from superthread.search.results.order import SORTS
from superthread.serializers.filters import MOST_NAMES, ConditionsObject, OwnerName, PathPrefix
from superthread.serializers.lists import AS_IT_WAS, refuse_both_categories
from superthread.serializers.memories import EXAMPLE_MEMORY, ROLES, SCOPES, MemoryOut
from superthread.serializers.shape import ShapeBody, ShapeQuery


class SearchBody(ShapeBody):
    query = Text(max_length=LONGEST_QUERY, line=False, allow_blank=True)
    scope = Choice(choices=[*SCOPES, "all"], default="all")
    team_key = TeamKey()
    category = Category(required=False)
    at = Instant(
        required=False,
        help_text="as it was then, of what the caller may edit: with query, syntax, scope, "
        "team_key, category, limit, cursor, fields and content alone",
    )
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
    path_prefix = PathPrefix()
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
        '"list": {"contains": "a"}}; a dot inside a key is \\\\.; examined hit by hit',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_both_categories(attrs)
        beside = set(self.initial_data) - {"at", "query", "syntax", *AS_IT_WAS}
        if "at" in attrs and beside:
            raise serializers.ValidationError({min(beside): "It goes not with at."}, "not_with_at")
        return {"recency": {"recency": "tie"}, **refuse_lone_team(attrs)}


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
        "were examined for the filters as one page may; `next_cursor` goes on behind them. Without "
        "a cursor only stop words or signs were asked for: ask again with `updated_before` for "
        "older memories"
    )
    next_cursor = serializers.CharField(allow_null=True)
    took_ms = serializers.FloatField()
    explain = SearchExplanation(required=False)


class SimilarQuery(ShapeQuery):
    limit = QueryWhole(least=1, most=limits.PAGE, default=5)


class SimilarMemory(MemoryOut):
    EXAMPLE = {**EXAMPLE_MEMORY, "score": 0.91}

    score = serializers.FloatField(help_text="1: the same words; 0: none in common")


class SimilarPage(serializers.Serializer):
    memories = SimilarMemory(many=True)
    count = serializers.IntegerField()
