"""What comes in and goes out of ``/superthread/exports``."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Choice
from memory_hub.api.serializers import StrictSerializer
from memory_hub.core.text import rfc3339
from superthread.models import Export, ExportFormat, ExportState
from superthread.models.exported import KEPT

EXAMPLE = {
    "id": "01a204fd-ca96-731c-b865-8c7a8fdc762e",
    "format": "archive",
    "state": "done",
    "total": 1280,
    "done": 1280,
    "size": 2097152,
    "why": "",
    "created_at": "2026-11-28T09:12:44.120000Z",
    "started_at": "2026-11-28T09:12:45.001000Z",
    "ended_at": "2026-11-28T09:12:49.310000Z",
    "expires_at": "2026-11-29T09:12:49.310000Z",
}


class ExportIn(StrictSerializer):
    format = Choice(
        choices=ExportFormat.values,
        default=ExportFormat.ARCHIVE.value,
        help_text="archive: JSON Lines with a manifest and checksums, history, roles and trash, to "
        "be imported again; markdown: a file for each memory, for people to read",
    )


class ExportOut(serializers.Serializer):
    EXAMPLE = EXAMPLE

    id = serializers.UUIDField()
    format = serializers.ChoiceField(ExportFormat.values)
    state = serializers.ChoiceField(ExportState.values)
    total = serializers.IntegerField(help_text="memories that are to be in it")
    done = serializers.IntegerField(help_text="memories that are in it")
    size = serializers.IntegerField(help_text="bytes of the file")
    why = serializers.CharField(help_text="why it failed")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="when it goes, a day after its end"
    )


class ExportList(serializers.Serializer):
    exports = ExportOut(many=True)


def represent(job: Export) -> dict[str, Any]:
    """The export in the form of ExportOut."""
    told = ("id", "format", "state", "total", "done", "size", "why")
    moments = ("created_at", "started_at", "ended_at")
    return {
        **{name: getattr(job, name) for name in told},
        **{name: getattr(job, name) and rfc3339(getattr(job, name)) for name in moments},
        "expires_at": job.ended_at and rfc3339(job.ended_at + KEPT),
    }
