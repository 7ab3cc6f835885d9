"""The versions of a memory."""

from rest_framework import serializers

from memory_hub.api.fields import QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import EXAMPLE

EXAMPLE_VERSION = {
    "version_id": "01a204fe-0c11-7d8e-9a57-2f1b7c0a4d33",
    "number": 1,
    "description": "",
    "author": "mina@example.com",
    "created_at": "2026-11-22T20:41:11.062584Z",
    "path": None,
    "size": 36,
    "current": True,
    "redacted_at": None,
    "redacted_by": None,
}


class VersionsQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.VERSIONS_PAGE, default=10)
    cursor = Text(max_length=200, required=False)


class DiffQuery(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        # "from" is a keyword of Python and so cannot be a class attribute.
        return {
            "from": QueryWhole(least=1, most=2**53),
            "to": QueryWhole(least=1, most=2**53, required=False),
        }


class VersionOut(serializers.Serializer):
    EXAMPLE = EXAMPLE_VERSION

    version_id = serializers.UUIDField()
    number = serializers.IntegerField()
    description = serializers.CharField()
    author = serializers.EmailField()
    created_at = serializers.DateTimeField()
    path = serializers.CharField(allow_null=True)
    size = serializers.IntegerField()
    current = serializers.BooleanField()
    redacted_at = serializers.DateTimeField(
        allow_null=True, help_text="when its text was taken out; there is none since"
    )
    redacted_by = serializers.EmailField(allow_null=True)


class WholeVersionOut(VersionOut):
    EXAMPLE = {**EXAMPLE_VERSION, **EXAMPLE}

    category = serializers.CharField()
    content = serializers.CharField()
    metadata = serializers.DictField()


class VersionPage(serializers.Serializer):
    EXAMPLE = {"versions": [EXAMPLE_VERSION], "count": 1, "next_cursor": None}

    versions = VersionOut(many=True)
    count = serializers.IntegerField()
    next_cursor = serializers.CharField(allow_null=True)


class DiffOut(serializers.Serializer):
    EXAMPLE = {
        "from": 1,
        "to": 2,
        "diff": "--- version 1\n+++ version 2\n@@ -1 +1 @@\n-Tuesdays\n+Thursdays\n",
    }

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "from": serializers.IntegerField(),
            "to": serializers.IntegerField(),
            "diff": serializers.CharField(help_text="unified diff"),
        }
