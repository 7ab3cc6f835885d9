"""Calls of the memory tool."""

from typing import Any

PATH = "/anthropic/memory-tool"
# Two files of a test, and what a command says of one that is not there.
A, SUB = "/memories/a.md", "/memories/sub/b.md"
NOT_THERE = "The path {} does not exist. Please provide a valid path."


class Tool:
    """The tool by the credential of a client."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def call(self, command: str, **given: Any) -> tuple[str, bool]:
        """The text for the model, and whether it is an error."""
        answer = self.ask(command, **given)
        assert answer.status_code == 200, answer.text
        return answer.json()["content"], answer.json()["is_error"]

    def ask(self, command: str, **given: Any) -> Any:
        """The whole answer."""
        return self.client.post(PATH, json={"command": command, **given})

    def done(self, command: str, **given: Any) -> str:
        """The text of a command that was carried out."""
        text, is_error = self.call(command, **given)
        assert not is_error, text
        return text

    def refused(self, command: str, **given: Any) -> str:
        """The text of one that was not."""
        text, is_error = self.call(command, **given)
        assert is_error, text
        return text

    def make(self, path: str, text: str) -> None:
        """A new file."""
        self.done("create", path=path, file_text=text)

    def text(self, path: str) -> str:
        """What a file has, line by line."""
        shown = self.done("view", path=path).split("\n")[1:]
        return "\n".join(line.partition("\t")[2] for line in shown)
