"""Who did what."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Choice, Instant, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from memory_hub.journal.models import KIND_LENGTH
from superthread import limits
from superthread.serializers.memories import SCOPES


class AuditQuery(StrictSerializer):
    doc_id = Text(
        max_length=36, required=False, help_text="of this memory, whoever did it: for its admins"
    )
    actor = Choice(
        choices=["me", "all"],
        default="me",
        help_text="without doc_id: one's own acts, or everybody's (staff, in a session)",
    )
    kind = Text(max_length=KIND_LENGTH, required=False, help_text="such as `grant.given`")
    token_id = QueryWhole(
        least=1, most=2**53, required=False, help_text="what was done with this token"
    )
    since = Instant(required=False)
    until = Instant(required=False, help_text="before this")
    limit = QueryWhole(least=1, most=limits.PAGE, default=50)
    cursor = Text(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "doc_id" in attrs and "actor" in self.initial_data:
            raise serializers.ValidationError({"actor": "It goes not with doc_id."}, "either_or")
        return attrs


class AuditPlaceOut(serializers.Serializer):
    scope = serializers.ChoiceField(choices=SCOPES)
    team_key = serializers.CharField(allow_null=True)


class AuditEntryOut(serializers.Serializer):
    position = serializers.IntegerField()
    at = serializers.DateTimeField(help_text="when it became known")
    type = serializers.CharField()
    change = serializers.CharField(help_text="the same for what was done together")
    actor = serializers.EmailField(allow_null=True, help_text="null: an operator or the hub")
    actor_id = serializers.IntegerField(allow_null=True)
    token_id = serializers.IntegerField(allow_null=True)
    via = serializers.CharField(help_text="the door: rest, admin, command, import, hub …")
    subject_id = serializers.IntegerField(
        allow_null=True, help_text="of the token, team or account that the type says"
    )
    doc_id = serializers.UUIDField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    place = AuditPlaceOut(allow_null=True)
    old_place = AuditPlaceOut(allow_null=True, help_text="where it was, if somewhere else")
    detail = serializers.DictField(help_text="addresses, roles; empty once they were erased")
    request_id = serializers.CharField(required=False, help_text="of one's own acts, and to staff")
    address = serializers.CharField(required=False, help_text="of one's own acts, and to staff")


class AuditPage(serializers.Serializer):
    EXAMPLE = {"entries": [], "next_cursor": None}

    entries = AuditEntryOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class HeadOut(serializers.Serializer):
    EXAMPLE = {"position": 1204, "hash": "9f2c" * 16, "at": "2026-11-03T09:12:44.120000Z"}

    position = serializers.IntegerField(help_text="up to here the journal is sealed")
    hash = serializers.CharField(help_text="keep it elsewhere: `verify_journal --head` asks for it")
    at = serializers.DateTimeField(allow_null=True)
