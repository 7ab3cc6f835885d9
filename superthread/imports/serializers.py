"""What comes in and goes out of ``/superthread/imports``."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Choice, QueryFlag, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from memory_hub.core.text import rfc3339
from superthread import limits
from superthread.fields import Category, TeamKey
from superthread.models import Import, ImportState, Scope
from superthread.models.imported import NAME_LENGTH
from superthread.transfer.formats.names import AUTO, NAMES
from superthread.transfer.items import Kind

KINDS = [kind.value for kind in Kind]
EXAMPLE = {
    "id": "01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "name": "chatgpt.zip",
    "format": "chatgpt",
    "state": "running",
    "dry_run": False,
    "size": 52428800,
    "total": 314572800,
    "done": 104857600,
    "counts": {"saved": 640, "skipped": 12},
    "why": "",
    "created_at": "2026-11-28T09:12:44.120000Z",
    "started_at": "2026-11-28T09:12:45.001000Z",
    "ended_at": None,
}


class ImportQuery(StrictSerializer):
    filename = Text(
        max_length=NAME_LENGTH, default="file", help_text="what the file is called: it tells more"
    )
    format = Choice(choices=NAMES, default=AUTO, help_text="whose file it is; auto: found out")
    exchanges = QueryFlag(
        default=False, help_text="of conversations, a memory for each question with its answers"
    )
    dry_run = QueryFlag(default=False, help_text="say what would come, and write nothing")
    scope = Choice(choices=Scope.labels, required=False, help_text="of what names none")
    team_key = TeamKey(help_text="of what names no scope")
    category = Category(required=False, help_text="of what names none")


class OutcomesQuery(StrictSerializer):
    after = QueryWhole(default=0, help_text="the number of the last one that was read")
    limit = QueryWhole(least=1, most=limits.PAGE, default=limits.PAGE)


class ImportOut(serializers.Serializer):
    EXAMPLE = EXAMPLE

    id = serializers.UUIDField()
    name = serializers.CharField()
    format = serializers.CharField(help_text="as asked, and once it is known as found")
    state = serializers.ChoiceField(ImportState.values)
    dry_run = serializers.BooleanField()
    size = serializers.IntegerField(help_text="bytes of the file")
    total = serializers.IntegerField(help_text="bytes of what is in it")
    done = serializers.IntegerField(help_text="bytes of that which were read")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="how many became what, by kind"
    )
    why = serializers.CharField(help_text="why it failed, or waits")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class ImportList(serializers.Serializer):
    imports = ImportOut(many=True)


class OutcomeOut(serializers.Serializer):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(KINDS)
    place = serializers.CharField(help_text="where in the file")
    why = serializers.CharField()


class OutcomeList(serializers.Serializer):
    outcomes = OutcomeOut(many=True)


def represent(job: Import) -> dict[str, Any]:
    """The import in the form of ImportOut."""
    moments = ("created_at", "started_at", "ended_at")
    told = ("id", "name", "format", "state", "size", "total", "done", "counts", "why")
    return {
        **{name: getattr(job, name) for name in told},
        "dry_run": job.options["dry_run"],
        **{name: getattr(job, name) and rfc3339(getattr(job, name)) for name in moments},
    }
