"""How the fields of this app look in the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from google_docs.serializers.requests import DocIds, DocItems, NewDocMemory


class DocItemsField(OpenApiSerializerFieldExtension):
    target_class = DocItems
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        if isinstance(self.target, DocIds):
            items: dict[str, Any] = {"type": "string"}
        else:
            items = auto_schema.resolve_serializer(NewDocMemory, direction).ref
        unique = {"uniqueItems": True} if isinstance(self.target, DocIds) else {}
        return {
            "type": "array",
            "items": items,
            "minItems": 1,
            "maxItems": self.target.most,
        } | unique
