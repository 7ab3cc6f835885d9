"""What the SDKs send, strictly."""

from typing import Any

from rest_framework import serializers

from integrations.fields import Raw
from integrations.langgraph import conditions
from memory_hub.api.fields import Flag, QueryFlag, Whole
from memory_hub.api.serializers import StrictSerializer

# Items that one answer may have, and that may be passed over before it.
MOST, FARTHEST = 1_000, 10_000
LONGEST_LIFE = 60 * 24 * 365 * 100  # minutes


class Labels(serializers.ListField):
    """The labels of a namespace, none of them empty."""

    default_error_messages = {
        "empty_label": "A label is empty.",
        "no_labels": "A namespace has one label at least.",
    }

    def __init__(self, *, some: bool = False, **options: Any):
        """``some``: one at least."""
        self.some = some
        super().__init__(child=Raw(), max_length=100, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        labels = super().to_internal_value(data)
        if self.some and not labels:
            self.fail("no_labels")
        if not all(labels):
            self.fail("empty_label")
        return labels


class Dotted(Labels):
    """The same with dots between them, as a query string has it."""

    def to_internal_value(self, data: Any) -> list[str]:
        return super().to_internal_value(data.split(".") if data else [])


class Minutes(serializers.Field):
    """A time that something lives, in minutes."""

    default_error_messages = {"not_minutes": "Minutes are a number above 0 (100 years at most)."}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("not_minutes")
        if not 0 < data <= LONGEST_LIFE:
            self.fail("not_minutes")
        return data


class Indexed(serializers.Field):
    """``false``, or a list of paths."""

    default_error_messages = {"not_index": "false or a list of paths is expected here."}

    def to_internal_value(self, data: Any) -> bool | list[str]:
        is_list = isinstance(data, list) and len(data) <= 100
        if data is not False and not (is_list and all(isinstance(one, str) for one in data)):
            self.fail("not_index")
        return data


class Anything(serializers.Field):
    """A JSON object of anything, exactly as it came; its size is that of the body, and of what is
    made of it."""

    default_error_messages = {"not_object": "A JSON object is expected here."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_object")
        return data


class Item(StrictSerializer):
    default_error_messages = {"dotted": "A label must not have a dot: nothing could ask for it."}

    namespace = Labels(some=True)
    key = Raw()
    value = Anything()
    index = Indexed(required=False, allow_null=True)
    ttl = Minutes(required=False, allow_null=True)

    def validate_namespace(self, labels: list[str]) -> list[str]:
        if any("." in label for label in labels):
            self.fail("dotted")
        return labels


class ItemQuery(StrictSerializer):
    namespace = Dotted(some=True)
    key = Raw()
    refresh_ttl = QueryFlag(required=False)


class ItemName(StrictSerializer):
    namespace = Labels(some=True)
    key = Raw()


class Searched(StrictSerializer):
    namespace_prefix = Labels()
    filter = Anything(required=False, allow_null=True)
    limit = Whole(least=1, most=MOST, default=10)
    offset = Whole(most=FARTHEST, default=0)
    query = Raw(required=False, allow_null=True)
    refresh_ttl = Flag(required=False, allow_null=True)

    def validate_filter(self, asked: dict[str, Any] | None) -> dict[str, Any] | None:
        conditions.check(asked)
        return asked


class Listed(StrictSerializer):
    prefix = Labels(required=False, allow_null=True)
    suffix = Labels(required=False, allow_null=True)
    max_depth = Whole(least=1, required=False, allow_null=True)
    limit = Whole(least=1, most=MOST, default=100)
    offset = Whole(most=10 * FARTHEST, default=0)
