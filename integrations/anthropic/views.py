"""``POST /anthropic/memory-tool``, and ``/memory-tool``: one call of the tool."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request

from integrations.anthropic.commands import COMMANDS, Given
from integrations.anthropic.files import Files
from integrations.anthropic.refusal import Refused
from integrations.anthropic.serializers import ToolInput, ToolResult
from integrations.door import DoorView
from memory_hub.api.describing import extend_schema
from memory_hub.core.errors import BadInput
from superthread.scopes import MEMORIES_READ


class MemoryToolView(DoorView):
    via = "anthropic"
    # By the command (`commands.py`).
    scopes = {"POST": None}
    problems = {"POST": (403,)}

    @extend_schema(
        operation_id="call_memory_tool",
        request=ToolInput,
        responses=ToolResult,
        examples=[
            OpenApiExample("A folder", {"command": "view", "path": "/memories"}, request_only=True),
            OpenApiExample(
                "A new file",
                {"command": "create", "path": "/memories/tea.md", "file_text": "Ann likes tea."},
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """One call of Claude's memory tool (`memory_20250818`): the body is the tool's input, the
        answer its result for the model.

        A command that cannot be carried out is answered with 200 and `is_error`, in words for the
        model. `/memories` stands for the folder `memories` of one's personal space, or for the
        folder that the token is restricted to.
        """
        given = self.body(ToolInput)
        try:
            return {"content": self._carried_out(given), "is_error": False}
        except Refused as refusal:
            return {"content": str(refusal), "is_error": True}

    def _carried_out(self, given: Given) -> str:
        command = COMMANDS.get(given["command"])
        if command is None:
            raise Refused(f"Unknown command: {given['command']}")
        for scope in command.needs:
            self.require(scope)
        for name in command.members:
            if name not in given:
                detail = f"The command {given['command']} needs {name}."
                raise BadInput.at(f"/{name}", "required", detail)
        return command.carry_out(Files(self.principal), given)

    def shown_again(self, body: dict[str, Any]) -> dict[str, Any]:
        """The first answer to those who may read; to others, that there was one."""
        if self.principal.may(MEMORIES_READ):
            return body
        return body | {"content": "The command was answered before."}


# At the short path.
answer = MemoryToolView.as_view()
