"""Values of items as memories: JSON that people read and searches find, and back.

The content is the value as JSON. In JSON a line break is a sign and a letter in the middle of a
word, so texts with line breaks stand behind it once more as they are: for searches and for people.
What is read is the JSON alone.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from rest_framework.exceptions import ValidationError

from memory_hub.core.errors import BadInput
from memory_hub.core.text import nfc
from superthread import limits
from superthread.fields import Content

_BROKEN = re.compile(r"[\x00-\x1f\x7f]")
TITLE = 80  # characters


def content_of(value: dict[str, Any]) -> str:
    """The content that stands for a value. Raises BadInput where it is too long."""
    text = _json(value)
    whole = "\n\n".join([text, *(one for one in _texts(value) if _is_for_people(one))])
    if len(whole.encode()) > limits.CONTENT_BYTES:
        whole = text
    try:
        return Content().run_validation(whole)
    except ValidationError as error:
        detail = error.detail[0]
        raise BadInput.at("/value", detail.code.replace("_", "-"), str(detail)) from error


def value_of(content: str) -> dict[str, Any]:
    """The value that a content stands for; of one that somebody else wrote, its text."""
    try:
        value, _ = json.JSONDecoder().raw_decode(content)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"content": content}


def title_of(value: dict[str, Any], key: str) -> str:
    """What an item is called in lists for people: the beginning of its first text, or its key."""
    first = next((one for one in _texts(value) if one.strip()), key)
    return " ".join(_BROKEN.sub(" ", first[: 4 * TITLE]).split())[:TITLE]


def _json(value: Any) -> str:
    """JSON that is the same after it was stored: in a normal form of Unicode other than NFC it is
    written with escapes."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if unicodedata.is_normalized("NFC", text):
        return text
    return json.dumps(value, indent=2)


def _is_for_people(text: str) -> bool:
    """Whether a text is to be said beside its JSON, and can be."""
    if not _BROKEN.search(text):
        return False
    try:
        nfc(text)
    except ValueError:
        return False
    return True


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
