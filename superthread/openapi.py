"""How the fields of memories look in the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from superthread import limits
from superthread.models import GrantRole
from superthread.serializers import GrantMap


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
