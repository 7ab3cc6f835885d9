"""How the fields of our own stand in the document."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from memory_hub.api.fields import Instant, JsonObject, Pattern, QueryFlag, Text, Whole


class TextField(OpenApiSerializerFieldExtension):
    target_class = Text
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string"}
        if not self.target.allow_blank:
            schema["minLength"] = 1
        if self.target.max_length:
            schema["maxLength"] = self.target.max_length
        if isinstance(self.target, Pattern):
            schema["pattern"] = f"^{self.target.pattern.pattern}$"
        return schema


class WholeField(OpenApiSerializerFieldExtension):
    target_class = Whole
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.target.least, "maximum": self.target.most}


class QueryFlagField(OpenApiSerializerFieldExtension):
    target_class = QueryFlag

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "boolean"}


class InstantField(OpenApiSerializerFieldExtension):
    target_class = Instant

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


class JsonObjectField(OpenApiSerializerFieldExtension):
    target_class = JsonObject
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": True, "maxProperties": self.target.keys}
