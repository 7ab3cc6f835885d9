"""As much of memories as is wanted."""

from rest_framework import serializers

from memory_hub.api.fields import Choice
from memory_hub.api.serializers import StrictSerializer
from superthread.reads.shape import CONTENTS, FIELDS, SUMMARY
from superthread.serializers.filters import Words


class ShapeQuery(StrictSerializer):
    fields_help = "the fields wanted, with commas: doc_id,title,updated_at; all unless told"

    def get_fields(self) -> dict[str, serializers.Field]:
        # "fields" is what serializers have themselves, and so cannot be a class attribute.
        return {
            **super().get_fields(),
            "fields": Words(choices=FIELDS, required=False, help_text=self.fields_help),
            "content": Choice(
                choices=CONTENTS,
                default="full",
                help_text=f"summary: its first {SUMMARY} characters, as `summary`",
            ),
        }


class ShapeBody(StrictSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            **super().get_fields(),
            "fields": serializers.ListField(
                child=Choice(choices=FIELDS),
                required=False,
                allow_empty=False,
                max_length=len(FIELDS),
                help_text="the fields wanted; all unless told",
            ),
            "content": Choice(
                choices=CONTENTS,
                default="full",
                help_text="summary: its beginning, as `summary`; the highlight is there anyway",
            ),
        }
