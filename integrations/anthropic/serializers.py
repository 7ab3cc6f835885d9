"""The tool's input as the model writes it, and the result."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.fields import Raw
from memory_hub.api.fields import Whole


@extend_schema_field({"type": "array", "items": {"type": "integer"}})
class LineRange(serializers.Field):
    """Numbers of lines."""

    default_error_messages = {"not_range": "A list of two whole numbers is expected here."}

    def to_internal_value(self, data: Any) -> list[int]:
        numbers = isinstance(data, list) and len(data) <= 10
        if not numbers or not all(type(one) is int for one in data):
            self.fail("not_range")
        return data


class ToolInput(serializers.Serializer):
    """The input of a call of the tool, as the model wrote it; members that a command has no use
    for are left alone, as Anthropic's helpers do."""

    EXAMPLE = {"command": "view", "path": "/memories"}

    command = Raw(help_text="view, create, str_replace, insert, delete or rename")
    path = Raw(required=False, help_text="below /memories; of all commands but rename")
    view_range = LineRange(
        required=False, allow_null=True, help_text="view: the first and the last line, -1: the end"
    )
    file_text = Raw(required=False, help_text="create: the whole text; not an empty one")
    old_str = Raw(required=False, help_text="str_replace: what stands there once")
    new_str = Raw(
        required=False, allow_null=True, help_text="str_replace: what takes its place, or nothing"
    )
    insert_line = Whole(
        least=-(2**31), required=False, help_text="insert: behind which line; 0: at the top"
    )
    insert_text = Raw(required=False, help_text="insert: the text")
    old_path = Raw(required=False, help_text="rename: the present path")
    new_path = Raw(required=False, help_text="rename: the new one")


class ToolResult(serializers.Serializer):
    EXAMPLE = {"content": "File created successfully at: /memories/tea.md", "is_error": False}

    content = serializers.CharField(help_text="the text for the model")
    is_error = serializers.BooleanField(help_text="whether the command was not carried out")
