"""Claude's memory tool for the runner of Anthropic's SDK: ``pip install
memory-hub-client[anthropic]``.

    tool = HubMemoryTool(Hub("https://hub.example.com", token))
    client.beta.messages.run_tools(model=…, messages=…, tools=[tool])
"""

from typing import Any

from anthropic.lib.tools import ToolError
from anthropic.tools.memory import BetaAbstractMemoryTool, BetaAsyncAbstractMemoryTool

from memory_hub_client.calls import HubError
from memory_hub_client.hub import AsyncHub, Hub

# Statuses whose words the model can do something about.
FOR_THE_MODEL = (400, 403, 413)


def _input(command: Any) -> Any:
    """The input of the tool as the model wrote it."""
    return command if isinstance(command, dict) else command.to_dict()


def _text(result: Any) -> str:
    """The text of a result. Raises ToolError for one of a command that was not carried out."""
    if result["is_error"]:
        raise ToolError(result["content"])
    return result["content"]


def _refusal(error: HubError) -> Exception:
    """What is raised for a problem: for the model, or for who runs it."""
    return ToolError(str(error)) if error.status in FOR_THE_MODEL else error


class HubMemoryTool(BetaAbstractMemoryTool):
    """The tool on the files of a hub, of whoever's token ``hub`` has."""

    def __init__(self, hub: Hub, **options: Any) -> None:
        super().__init__(**options)
        self.hub = hub

    def _run(self, command: Any) -> str:
        try:
            return _text(self.hub.call_memory_tool(_input(command)))
        except HubError as error:
            raise _refusal(error) from error

    def call(self, input: object) -> str:
        """Carries out what the model wrote, whatever it is. Raises ToolError."""
        return self._run(input)

    view = create = str_replace = insert = delete = rename = _run


class AsyncHubMemoryTool(BetaAsyncAbstractMemoryTool):
    """The same for the runner that is awaited."""

    def __init__(self, hub: AsyncHub, **options: Any) -> None:
        super().__init__(**options)
        self.hub = hub

    async def _run(self, command: Any) -> str:
        try:
            return _text(await self.hub.call_memory_tool(_input(command)))
        except HubError as error:
            raise _refusal(error) from error

    async def call(self, input: object) -> str:
        """Carries out what the model wrote, whatever it is. Raises ToolError."""
        return await self._run(input)

    view = create = str_replace = insert = delete = rename = _run
