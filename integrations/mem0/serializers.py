"""What clients of mem0 send, as far as the hub knows of it."""

import re
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from integrations.mem0.items import end_of
from integrations.mem0.messages import Messages
from integrations.mem0.words import RESERVED
from memory_hub.api.fields import Choice, Flag, QueryFlag, QueryWhole, Text, Whole
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import Content, Metadata
from superthread.identifiers import LONGEST, NAMES
from superthread.search.parsing import LONGEST_QUERY
from superthread.serializers.batches import Items

# Memories of a page or a search, and where nothing is said.
PAGE, USUAL = 100, 10
ENTITIES = 1_000  # of a page
# Characters of filters in a query string.
LONGEST_FILTERS = 1_000
FEEDBACKS = ("POSITIVE", "NEGATIVE", "VERY_NEGATIVE")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Given(serializers.Field):
    """Anything: what it means is read where it is used."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class OwnMetadata(Metadata):
    """A client's own metadata, without what the door says in them."""

    default_error_messages = {"reserved": "{names}: these stand beside the metadata, not in them."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        value = super().to_internal_value(data)
        if taken := sorted(RESERVED & value.keys()):
            self.fail("reserved", names=", ".join(taken))
        return value


class Day(serializers.Field):
    """YYYY-MM-DD, as the moment at which that day is over."""

    default_error_messages = {"not_day": "A day that is not over, such as 2030-01-31, is expected."}

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not _DAY.fullmatch(data):
            self.fail("not_day")
        try:
            end = end_of(datetime.fromisoformat(data).replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            self.fail("not_day")
        if end <= datetime.now(UTC):
            self.fail("not_day")
        return end

    def to_representation(self, value: Any) -> Any:
        return value


class Seconds(serializers.Field):
    """A Unix time that has been."""

    default_error_messages = {"not_time": "Seconds since 1970 that have been are expected."}

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, int | float) or isinstance(data, bool) or not data >= 0:
            self.fail("not_time")
        try:
            moment = datetime.fromtimestamp(data, UTC)
        except (ValueError, OverflowError, OSError):
            self.fail("not_time")
        if moment > datetime.now(UTC):
            self.fail("not_time")
        return moment

    def to_representation(self, value: Any) -> Any:
        return value


class Share(serializers.Field):
    """A number from 0 to 1."""

    default_error_messages = {"not_share": "A number from 0 to 1 is expected."}

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool) or not 0 <= data <= 1:
            self.fail("not_share")
        return float(data)

    def to_representation(self, value: Any) -> Any:
        return value


def _identifier() -> Text:
    return Text(max_length=LONGEST, required=False)


class Named(StrictSerializer):
    """For whom and of what."""

    user_id = _identifier()
    agent_id = _identifier()
    app_id = _identifier()
    run_id = _identifier()

    @staticmethod
    def names_in(asked: dict[str, Any]) -> dict[str, str]:
        """Those that are said."""
        return {name: asked[name] for name in NAMES if name in asked}


class AddBody(Named):
    messages = Messages()
    filters = Given(required=False)
    metadata = OwnMetadata(required=False)
    infer = Flag(default=True)
    timestamp = Seconds(required=False)
    expiration_date = Day(required=False)
    categories = serializers.ListField(
        child=Text(max_length=limits.CATEGORY_LENGTH), required=False, max_length=PAGE
    )
    immutable = Flag(default=False)


class ListBody(Named):
    filters = Given(required=False)
    categories = serializers.ListField(child=Text(), required=False, max_length=PAGE)
    show_expired = Flag(default=False)
    page = Whole(least=1, required=False)
    page_size = Whole(least=1, most=PAGE, required=False)

    def make_fields(self) -> Any:
        """A serializer's own attribute has the name of one of them."""
        found = super().make_fields()
        found["fields"] = serializers.ListField(
            child=Text(max_length=64), required=False, max_length=PAGE
        )
        return found


class SearchBody(ListBody):
    query = Text(max_length=LONGEST_QUERY, line=False)
    top_k = Whole(least=1, most=PAGE, required=False)
    limit = Whole(least=1, most=PAGE, required=False)
    threshold = Share(required=False)
    latest_only = Flag(required=False)
    keyword_search = Flag(required=False)
    reference_date = Given(required=False)


class UpdateBody(StrictSerializer):
    text = Content(required=False)
    data = Content(required=False, help_text="the same as text")
    metadata = OwnMetadata(required=False)
    expiration_date = Day(required=False, allow_null=True)
    timestamp = Given(required=False)


class BatchItem(StrictSerializer):
    memory_id = Text(max_length=64)
    text = Content(required=False)
    metadata = OwnMetadata(required=False)


class BatchBody(StrictSerializer):
    memories = Items(Given(), most=limits.BATCH)


class FeedbackBody(StrictSerializer):
    memory_id = Text(max_length=64)
    feedback = Choice(choices=FEEDBACKS, required=False, allow_null=True)
    feedback_reason = Text(max_length=2_000, line=False, required=False, allow_null=True)


class Anywhere(StrictSerializer):
    """The place that clients name with every request; there is one."""

    org_id = Text(required=False, max_length=LONGEST)
    project_id = Text(required=False, max_length=LONGEST)


class PageQuery(Anywhere):
    page = QueryWhole(least=1, default=1)
    page_size = QueryWhole(least=1, most=PAGE, default=PAGE)


class EntitiesQuery(Anywhere):
    page = QueryWhole(least=1, default=1)
    page_size = QueryWhole(least=1, most=ENTITIES, default=ENTITIES)


class AllQuery(PageQuery, Named):
    filters = Text(required=False, max_length=LONGEST_FILTERS)


class DeleteQuery(Anywhere):
    delete_linked = QueryFlag(default=False)
