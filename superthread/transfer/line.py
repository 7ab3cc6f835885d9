"""The shape of a line: that of the create call, and what an export tells beside it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from memory_hub.accounts.serializers import normal_address
from memory_hub.api.fields import Instant, Text, Whole
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import Address, GrantMap
from superthread.reads.named import is_id
from superthread.serializers.memories import NewMemory
from superthread.services.restoring import Facts, Recorded

# Characters; a path has at most half of that.
SOURCE_LENGTH = 8192
_MOST_GRANTS = 10_000
_COUNT = 2**53


class Id(Text):
    """An id as the hub makes them: no path finds another one."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not is_id(text):
            raise serializers.ValidationError("This is no id of a hub.", "uuid")
        return UUID(text)


class Senders(serializers.Field):
    """``{"user@example.com": "sender@example.com"}``: who offered them the memory."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict) or len(data) > _MOST_GRANTS:
            raise serializers.ValidationError("An object of addresses is expected.", "not_object")
        if not all(isinstance(sender, str) for sender in data.values()):
            raise serializers.ValidationError("An address is expected of each.", "not_text")
        return {normal_address(email): normal_address(sender) for email, sender in data.items()}


class Moments(serializers.Field):
    """``{"user@example.com": "2026-11-28T09:12:44Z"}``: since when they are offered the memory."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict) or len(data) > _MOST_GRANTS:
            raise serializers.ValidationError("An object of addresses is expected.", "not_object")
        past = Instant(past=True)
        return {normal_address(email): past.run_validation(at) for email, at in data.items()}


class ImportedVersion(StrictSerializer):
    """Which version of the memory a line is."""

    version_id = Id(required=False)
    number = Whole(least=1, most=_COUNT)
    author = Address()
    created_at = Instant(past=True)
    description = Text(max_length=limits.DESCRIPTION_LENGTH, default="", allow_blank=True)
    redacted_at = Instant(past=True, required=False)


class ImportedMemory(NewMemory):
    """``owner`` counts where the import is told to keep owners."""

    source = Text(max_length=SOURCE_LENGTH, line=False, required=False, allow_null=True)
    owner = Address(required=False)
    created_at = Instant(past=True, required=False)
    updated_at = Instant(past=True, required=False)
    version = ImportedVersion(required=False)
    revision = Whole(least=1, most=_COUNT, required=False)
    grants = GrantMap(most=_MOST_GRANTS, least=0, required=False)
    offers = GrantMap(most=_MOST_GRANTS, least=0, required=False)
    offered_by = Senders(required=False)
    offered_at = Moments(required=False)
    deleted_at = Instant(past=True, required=False)
    deleted_by = Address(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        created, updated = attrs.get("created_at"), attrs.get("updated_at")
        if created and updated and updated < created:
            raise serializers.ValidationError({"updated_at": "This is before created_at."})
        return attrs


# All that a line may tell, and what every line of an export has, plain ones aside.
TOLD = frozenset(ImportedMemory().fields)
_EXPORTED = {"content", "scope", "category", "metadata", "owner", "created_at"}


def is_exported(fields: Mapping[str, Any]) -> bool:
    """Whether the line is one of an export, whose fields mean what they mean there."""
    return fields.keys() >= _EXPORTED


def facts_of(fields: dict[str, Any]) -> Facts:
    """What the validated line tells beside the state; taken out of ``fields``."""
    version = fields.pop("version", None)
    granted = {name: fields.pop(name, None) for name in ("grants", "offers")}
    return Facts(
        owner=fields.pop("owner", None),
        offered_by=fields.pop("offered_by", None),
        offered_at=fields.pop("offered_at", None),
        deleted_at=fields.pop("deleted_at", None),
        deleted_by=fields.pop("deleted_by", None),
        version=Recorded(**version) if version else None,
        revision=fields.pop("revision", None),
        updated_at=fields.get("updated_at"),
        **{name: roles and _without_none(roles) for name, roles in granted.items()},
    )


def _without_none(roles: dict[str, str | None]) -> dict[str, str]:
    return {email: role for email, role in roles.items() if role is not None}
