"""What a client wants remembered: a text, a message, or a list of messages."""

from typing import Any, NamedTuple

from rest_framework import serializers

from memory_hub.api.fields import Text, is_blank

MOST = 1_000


class Message(NamedTuple):
    """Who said what."""

    role: str
    text: str


class Messages(serializers.Field):
    """A text is what a user said; an object is a list of one."""

    default_error_messages = {
        "malformed": "A text, or messages with role and content, are expected here.",
        "not_text": "The hub keeps texts: a message of the type {kind} is none.",
        "empty": "There is nothing in it to remember.",
        "too_many": "At most {limit} messages at a time.",
    }
    role = Text(max_length=64)

    def to_internal_value(self, data: Any) -> list[Message]:
        listed = data if isinstance(data, list) else [data]
        if len(listed) > MOST:
            self.fail("too_many", limit=MOST)
        found = [self._message(one) for one in listed]
        said = [one for one in found if not is_blank(one.text)]
        if not said:
            self.fail("empty")
        return said

    def _message(self, data: Any) -> Message:
        if isinstance(data, str):
            return Message("user", data)
        if not isinstance(data, dict) or "content" not in data:
            self.fail("malformed")
        return Message(
            self.role.run_validation(data.get("role", "user")), self._text(data["content"])
        )

    def _text(self, content: Any) -> str:
        """A text, or the texts of a list of parts."""
        if isinstance(content, list):
            return "\n".join(self._part(one) for one in content)
        if isinstance(content, dict):
            return self._part(content)
        if not isinstance(content, str | None):
            self.fail("malformed")
        return content or ""

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return part
        kind = part.get("type") if isinstance(part, dict) else None
        if kind != "text" or not isinstance(part.get("text"), str):
            self.fail("not_text", kind=str(kind)[:32])
        return part["text"]

    def to_representation(self, value: Any) -> Any:
        return value


def texts_of(messages: list[Message], *, whole: bool) -> list[tuple[str, str | None]]:
    """Each text to remember, and who said it where that is not a user and the text does not say so.

    ``whole``: an exchange is one memory, in which each line of it names who speaks; else each
    message is one.
    """
    if whole and len(messages) > 1:
        return [("\n\n".join(f"{one.role}: {one.text}" for one in messages), None)]
    return [(one.text, None if one.role == "user" else one.role) for one in messages]
