"""Fields of what other people's clients send."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "string"})
class Raw(serializers.Field):
    """A text exactly as it came, in whatever normal form."""

    default_error_messages = {"not_text": "Text is expected here."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        return data
