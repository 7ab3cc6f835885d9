"""How the fields of memories look in the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import Serializer

from superthread import limits
from superthread.fields import GrantMap
from superthread.models import GrantRole
from superthread.serializers.batches import Items


class GrantMapField(OpenApiSerializerFieldExtension):
    target_class = GrantMap

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": limits.GRANTS_PER_CALL,
            "additionalProperties": {
                "type": "string",
                "enum": [*GrantRole.labels, None],
                "nullable": True,
            },
            "example": {"mina@example.com": "viewer", "jun@example.com": None},
        }


class ItemsField(OpenApiSerializerFieldExtension):
    target_class = Items

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        item = self.target.item
        if isinstance(item, Serializer):
            schema = auto_schema.resolve_serializer(item, direction).ref
        else:
            schema = auto_schema._map_serializer_field(item, direction)
        return {"type": "array", "minItems": 1, "maxItems": self.target.most, "items": schema}
