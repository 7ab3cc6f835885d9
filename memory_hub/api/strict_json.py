"""JSON as the contract takes it: UTF-8, no duplicate keys, nothing a store could choke on."""

import json
import re
from contextlib import suppress
from typing import Any

from rest_framework.parsers import BaseParser

from memory_hub.core.errors import BadInput, UnsupportedMediaType, pointer_step

# Of a whole body; metadata has its own, smaller limit.
MAX_DEPTH = 64
_INT64 = 2**63
_SURROGATE = re.compile("[\ud800-\udfff]")
# Escapes that may hide a lone surrogate or NUL; without them the text cannot hold one.
_SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)|\x00")
# What an attacker may make the parser build: an empty list takes three bytes here, sixty there.
MAX_VALUES = 500_000
# A text that is not closed is taken to the end, or every quote in it would start a new search.
_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}])|(,)', re.DOTALL)


def loads(raw: bytes, most_items: int | None = None) -> Any:
    """The value in ``raw``. Raises BadInput for anything the contract refuses, and for a list right
    in the outermost object that has more than ``most_items`` items."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput.at("", "not-utf8", "The body is not UTF-8.") from error
    if most_items is not None and text.count(",") > most_items:
        _refuse_items(text, most_items)
    _refuse_bulk(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_int,
            parse_float=_float,
        )
    except (ValueError, RecursionError) as error:
        raise BadInput.at("", "not-json", f"The body is not JSON: {_place(error)}.") from error
    if _SUSPECT.search(raw):
        refuse_unstorable(value, "")
    return value


def _refuse_bulk(text: str) -> None:
    """Counted before parsing: neither depth nor number of values may exhaust the parser."""
    opened = text.count("[") + text.count("{")
    if opened <= MAX_DEPTH and text.count(",") <= MAX_VALUES:
        return
    depth = values = 0
    for found in _STRUCTURE.finditer(text):
        kind = found.lastindex
        if kind is None:
            continue
        depth += (kind == 1) - (kind == 2)
        values += kind != 2
        if depth > MAX_DEPTH:
            raise BadInput.at("", "too-deep", f"The body is nested deeper than {MAX_DEPTH} levels.")
        if values > MAX_VALUES:
            raise BadInput.at("", "too-many-values", f"A body has at most {MAX_VALUES} values.")


def _refuse_items(text: str, most: int) -> None:
    """Looks no further than the first item too many: parsing a list of 200,000 texts takes far
    longer than refusing it."""
    depth = items = 0
    name = ""
    for found in _STRUCTURE.finditer(text):
        kind = found.lastindex
        if kind is None:
            name = found[0] if depth == 1 else name
            continue
        depth += (kind == 1) - (kind == 2)
        if depth < 2:
            items = 0
        elif depth == 2 and kind == 3:
            items += 1
            if items == most:
                raise BadInput.at(_pointer(name), "too-many", f"At most {most} at a time.")


def _pointer(name: str) -> str:
    with suppress(ValueError):
        return pointer_step(json.loads(name))
    return ""


def _place(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at line {error.lineno}, column {error.colno}"
    return "it is nested too deeply"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise BadInput.at(
            "", "duplicate-key", f"The key {twice[:64]!a} appears twice in one object."
        )
    return result


def _constant(name: str) -> Any:
    raise BadInput.at("", "not-a-number", f"{name} is not JSON.")


def _int(digits: str) -> int:
    if len(digits) > 20 or not -_INT64 <= (value := int(digits)) < _INT64:
        raise BadInput.at("", "integer-too-large", "Integers must fit in 64 bits.")
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BadInput.at("", "number-too-large", "Numbers must fit in a double.")
    return value


def refuse_unstorable(value: Any, pointer: str) -> None:
    """Raises BadInput where a lone surrogate or NUL stands in any text, keys included."""
    if isinstance(value, str):
        if "\x00" in value:
            raise BadInput.at(pointer, "nul", "The text holds a NUL character.")
        if not value.isascii() and _SURROGATE.search(value):
            raise BadInput.at(pointer, "lone-surrogate", "The text holds half a surrogate pair.")
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key, pointer)
            refuse_unstorable(item, pointer + pointer_step(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            refuse_unstorable(item, f"{pointer}/{index}")


class StrictJSONParser(BaseParser):
    """DRF's door to ``loads``; other charsets and content codings are 415."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        if (media_type or "").partition(";")[0].strip().lower() != self.media_type:
            raise UnsupportedMediaType("Send Content-Type: application/json.")
        charset = re.search(r'charset\s*=\s*"?([^;"\s]+)', media_type or "", re.IGNORECASE)
        if charset and charset[1].lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType("The charset of a body is UTF-8.")
        if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
            raise UnsupportedMediaType("A request body is not compressed.")
        return loads(stream.read(), getattr(parser_context.get("view"), "most_items", None))
