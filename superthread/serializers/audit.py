"""Who did what."""

from rest_framework import serializers

from memory_hub.accounts.models import TEAM_KEY_LENGTH
from memory_hub.api.fields import Choice, Instant, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from memory_hub.journal.models import KIND_LENGTH
from superthread import limits
from superthread.feed.audit import ONLY
from superthread.feed.audit_export import AT_ONCE, FORMATS
from superthread.serializers.memories import SCOPES


class AuditFilters(StrictSerializer):
    doc_id = Text(
        max_length=36, required=False, help_text="of this memory, whoever did it: for its admins"
    )
    team_key = Text(
        max_length=TEAM_KEY_LENGTH,
        required=False,
        help_text="in this team, to its members and its memories: for its admins",
    )
    actor = Text(
        max_length=254,
        required=False,
        help_text="`me`, which it is without doc_id and team_key unless told, `all`, or somebody's "
        "address; without doc_id and team_key, what others did is for staff, in a session",
    )
    only = Choice(choices=ONLY, required=False, help_text="of the three things that are shown")
    kind = Text(
        max_length=KIND_LENGTH,
        required=False,
        help_text="such as `grant.offered`, or the beginning with its dot: `grant.`",
    )
    token_id = QueryWhole(
        least=1, most=2**53, required=False, help_text="what was done with this token"
    )
    since = Instant(required=False)
    until = Instant(required=False, help_text="before this")


class AuditQuery(AuditFilters):
    limit = QueryWhole(least=1, most=limits.PAGE, default=50)
    cursor = Text(max_length=200, required=False)


class AuditExportQuery(AuditFilters):
    format = Choice(
        choices=sorted(FORMATS),
        default="jsonl",
        help_text="`jsonl`: as the audit tells it; `ecs`: of the Elastic Common Schema, for logs",
    )
    limit = QueryWhole(least=1, most=AT_ONCE, default=AT_ONCE)
    cursor = Text(max_length=200, required=False)


class AuditPlaceOut(serializers.Serializer):
    scope = serializers.ChoiceField(choices=SCOPES)
    team_key = serializers.CharField(allow_null=True)


class AuditEntryOut(serializers.Serializer):
    position = serializers.IntegerField(
        allow_null=True, help_text="in the journal; null: reads and refusals, which are counted"
    )
    at = serializers.DateTimeField(help_text="when it became known; the first of what is counted")
    until = serializers.DateTimeField(allow_null=True, help_text="the last of what is counted")
    type = serializers.CharField()
    count = serializers.IntegerField(help_text="how often, within an hour")
    change = serializers.CharField(allow_null=True, help_text="the same for what was done together")
    actor = serializers.EmailField(
        allow_null=True, help_text="null: an operator, the hub, or who is not known"
    )
    actor_id = serializers.IntegerField(allow_null=True)
    token_id = serializers.IntegerField(allow_null=True)
    via = serializers.CharField(
        allow_null=True, help_text="the door: rest, admin, command, import, hub …"
    )
    subject_id = serializers.IntegerField(
        allow_null=True, help_text="of the token, team or account that the type says"
    )
    doc_id = serializers.UUIDField(allow_null=True)
    owner = serializers.EmailField(allow_null=True, help_text="of the memory, then")
    revision = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    place = AuditPlaceOut(allow_null=True)
    old_place = AuditPlaceOut(allow_null=True, help_text="where it was, if somewhere else")
    detail = serializers.DictField(
        help_text="addresses, roles, a refusal's route; empty once erased"
    )
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
