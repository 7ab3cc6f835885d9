"""For whom and of what there are memories."""

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from integrations.mem0.serializers import EntitiesQuery
from integrations.mem0.views.base import Mem0View
from integrations.mem0.words import KINDS
from memory_hub.core.text import rfc3339
from superthread.identifiers import NAMES
from superthread.reads import identified

_WORDS = {name: kind for kind, name in KINDS.items()}


class EntitiesView(Mem0View):
    queries = {"GET": EntitiesQuery}

    def is_large(self, request: HttpRequest) -> bool:
        # Each memory that the caller may read is counted.
        return True

    def get(self, request: Request) -> dict[str, Any]:
        """All of them, by kind and name, with how many memories the caller may read of each."""
        number, size = self.parameters["page"], self.parameters["page_size"]
        found, total = identified.counted(
            by=self.principal, begin=(number - 1) * size, end=number * size
        )
        path = self.request._request.path
        after = f"{path}?page={number + 1}&page_size={size}"
        before = f"{path}?page={number - 1}&page_size={size}"
        return {
            "count": total,
            "next": after if number * size < total else None,
            "previous": before if number > 1 else None,
            "results": [_told(one) for one in found],
        }


def _told(one: dict[str, Any]) -> dict[str, Any]:
    kind = _WORDS[NAMES[one["name"]]]
    return {
        "id": f"{kind}/{one['value']}",
        "type": kind,
        "name": one["value"],
        "total_memories": one["count"],
        "created_at": rfc3339(one["first"]),
        "updated_at": rfc3339(one["last"]),
    }
