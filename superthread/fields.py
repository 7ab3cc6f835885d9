"""What memories are made of wherever they are stored: in the hub's database or in Google Docs."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from memory_hub.accounts.models import TEAM_KEY_LENGTH
from memory_hub.accounts.serializers import MAX_ADDRESS, normal_address
from memory_hub.api.fields import Instant, JsonObject, QueryFlag, Text
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.models import GrantRole
from superthread.paths import BadPath, checked
from superthread.search.results.order import RECENCIES

LONG_LIFE = 100_000  # days

EXAMPLE = {
    "content": "Deploys happen on Tuesdays at 14:00.",
    "category": "decisions",
    "metadata": {"source": "stand-up"},
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


class Metadata(JsonObject):
    """A memory's own facts, of ``size`` bytes at most."""

    def __init__(self, size: int = limits.METADATA_BYTES, **options: Any):
        super().__init__(
            size=size, depth=limits.METADATA_DEPTH, keys=limits.METADATA_KEYS, **options
        )


class Category(Text):
    def __init__(self, **options: Any):
        super().__init__(max_length=limits.CATEGORY_LENGTH, **options)


class PathText(Text):
    """A path as ``superthread.paths`` checks it."""

    def __init__(self, **options: Any):
        super().__init__(line=False, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return checked(text)
        except BadPath as error:
            raise serializers.ValidationError(str(error), error.code) from None


class TeamKey(Text):
    def __init__(self, **options: Any):
        super().__init__(max_length=TEAM_KEY_LENGTH, required=False, **options)


class Address(Text):
    """An e-mail address in its normal spelling."""

    def __init__(self, **options: Any):
        super().__init__(max_length=MAX_ADDRESS, **options)

    def to_internal_value(self, data: Any) -> str:
        return normal_address(super().to_internal_value(data))


def refuse_lone_team(attrs: dict[str, Any]) -> dict[str, Any]:
    """The filters of a list or a search; a team_key for memories that have no team is refused, for
    nothing could ever be found."""
    if attrs.get("team_key") is not None and attrs["scope"] not in ("team", "all"):
        detail = serializers.ErrorDetail("Only the scopes team and all have teams.", "unexpected")
        raise serializers.ValidationError({"team_key": [detail]})
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

    def __init__(self, most: int = limits.GRANTS_PER_CALL, least: int = 1, **options: Any):
        self.least, self.most = least, most
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> dict[str, str | None]:
        if not isinstance(data, dict):
            self.fail("not_object")
        if len(data) < self.least:
            self.fail("empty")
        if len(data) > self.most:
            self.fail("too_many", limit=self.most)
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


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": ["none", "tie"]},
            {
                "type": "object",
                "properties": {
                    "half_life_days": {"type": "number", "minimum": 0, "exclusiveMinimum": True}
                },
                "required": ["half_life_days"],
                "additionalProperties": False,
            },
        ],
        "default": "tie",
    }
)
class Recency(serializers.Field):
    """What the time of a memory's last change counts for: nothing ("none"), between equal scores
    ("tie"), or {"half_life_days": n}: a score is halved for every n days."""

    default_error_messages = {
        "bad_recency": 'This is "none", "tie" or an object with half_life_days, a number above 0.'
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if data in RECENCIES:
            return {"recency": data}
        days = data.get("half_life_days") if isinstance(data, dict) and len(data) == 1 else None
        is_number = isinstance(days, int | float) and not isinstance(days, bool)
        if not is_number or not 0 < days <= LONG_LIFE:
            self.fail("bad_recency")
        return {"half_life_days": float(days)}

    def to_representation(self, value: Any) -> Any:
        return value


# Comments, where a docstring would become the description of every heir in the OpenAPI document.


# What is said of a memory when it is made, but for its scope and its metadata.
class NewText(StrictSerializer):
    content = Content()
    category = Category(default="default")
    team_key = TeamKey(allow_null=True, help_text="required for and only for the scope team")
    expires_at = Instant(future=True, required=False, allow_null=True)


# What may be changed in a memory, but for its metadata: at least one field.
class ChangedText(StrictSerializer):
    content = Content(required=False)
    category = Category(required=False)
    expires_at = Instant(future=True, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Name at least one field to change.", "empty")
        return attrs


class DeleteQuery(StrictSerializer):
    permanent = QueryFlag(default=False, help_text="purge for good; for the owner")


class NameQuery(StrictSerializer):
    description = Text(max_length=limits.DESCRIPTION_LENGTH, default="", allow_blank=True)


# What every answer tells of a memory in the same words.
class MemoryFacts(serializers.Serializer):
    team_key = serializers.CharField(allow_null=True)
    category = serializers.CharField()
    title = serializers.CharField(
        help_text="the note's own title (metadata, front matter, heading), else its first line"
    )
    metadata = serializers.DictField()
    size = serializers.IntegerField(help_text="bytes of the content in UTF-8")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
