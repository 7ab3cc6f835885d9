"""Legal holds, for staff."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Text
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.serializers.memories import EXAMPLE_MEMORY

_EXAMPLE = {
    "id": 7,
    "doc_id": EXAMPLE_MEMORY["doc_id"],
    "team_key": None,
    "reason": "case 2026-17",
    "placed_by": "root@example.com",
    "placed_at": "2026-11-22T20:41:11.062584Z",
}


class NewHold(StrictSerializer):
    EXAMPLE = {"doc_id": EXAMPLE_MEMORY["doc_id"], "reason": "case 2026-17"}

    doc_id = Text(max_length=64, required=False)
    team_key = Text(max_length=limits.TITLE_LENGTH, required=False)
    reason = Text(max_length=limits.DESCRIPTION_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("doc_id" in attrs) == ("team_key" in attrs):
            raise serializers.ValidationError("Name a doc_id or a team_key.", "one_of_both")
        return attrs


class HoldOut(serializers.Serializer):
    EXAMPLE = _EXAMPLE

    id = serializers.IntegerField()
    doc_id = serializers.UUIDField(allow_null=True)
    team_key = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    placed_by = serializers.EmailField(allow_null=True)
    placed_at = serializers.DateTimeField()


class HoldsOut(serializers.Serializer):
    EXAMPLE = {"holds": [_EXAMPLE], "count": 1}

    holds = HoldOut(many=True)
    count = serializers.IntegerField()
