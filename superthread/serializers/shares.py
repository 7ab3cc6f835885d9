"""Who else may do what with a memory, and whose it becomes."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Flag
from memory_hub.api.serializers import StrictSerializer
from superthread.fields import Address, GrantMap
from superthread.models import GrantRole
from superthread.serializers.memories import EXAMPLE_MEMORY


class PermissionChange(StrictSerializer):
    EXAMPLE = {"permissions": {"jun@example.com": "editor", "sora@example.com": None}}

    permissions = GrantMap()


class PermissionsOut(serializers.Serializer):
    EXAMPLE = {
        "doc_id": EXAMPLE_MEMORY["doc_id"],
        "owner": "mina@example.com",
        "permissions": {"jun@example.com": "editor"},
    }

    doc_id = serializers.UUIDField()
    owner = serializers.EmailField()
    permissions = serializers.DictField(child=serializers.ChoiceField(GrantRole.labels))


class ShareReply(StrictSerializer):
    EXAMPLE = {"accept": True}

    accept = Flag()
    block = Flag(default=False, help_text="with a decline: no further offer of the sender")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["accept"] and attrs["block"]:
            raise serializers.ValidationError("Only a decline can block.", "contradiction")
        return attrs


class ShareOut(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "doc_id": serializers.UUIDField(),
            "from": serializers.EmailField(allow_null=True),
            "role": serializers.ChoiceField(GrantRole.labels),
            "offered_at": serializers.DateTimeField(),
        }


class ShareList(serializers.Serializer):
    shares = ShareOut(many=True)


class TransferBody(StrictSerializer):
    EXAMPLE = {"to": "jun@example.com"}

    to = Address(required=False, allow_null=True, help_text="whom to offer it; null withdraws")
    accept = Flag(required=False, help_text="the answer to an offer")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Give either `to` or `accept`.", "either_or")
        return attrs


class TransferOut(serializers.Serializer):
    EXAMPLE = {
        "doc_id": EXAMPLE_MEMORY["doc_id"],
        "owner": "mina@example.com",
        "offered_to": "jun@example.com",
    }

    doc_id = serializers.UUIDField()
    owner = serializers.EmailField()
    offered_to = serializers.EmailField(allow_null=True)


class OfferOut(serializers.Serializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "doc_id": serializers.UUIDField(),
            "from": serializers.EmailField(),
            "offered_at": serializers.DateTimeField(),
        }


class TransferList(serializers.Serializer):
    transfers = OfferOut(many=True)
