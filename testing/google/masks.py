"""Partial responses: the grammar of `fields`, as far as a client of this hub may use it."""

import re
from typing import Any

Mask = dict[str, "Mask | None"]

_TOKEN = re.compile(r"[A-Za-z0-9_*]+|[(),/]")


class BadMask(ValueError):
    """The mask does not parse, or names a field that the schema has not."""


def parse(text: str) -> Mask:
    """Parse `a,b(c,d/e)` into nested dictionaries; None stands for the whole field."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text.replace(" ", ""):
        raise BadMask(f"Invalid field selection {text}")
    mask, rest = _fields(tokens)
    if rest:
        raise BadMask(f"Invalid field selection {text}")
    return mask


def _fields(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        if not tokens or tokens[0] in "(),/":
            raise BadMask("a field name is missing")
        name, tokens = tokens[0], tokens[1:]
        below: Mask | None = None
        if tokens and tokens[0] == "(":
            below, tokens = _fields(tokens[1:])
            if not tokens or tokens[0] != ")":
                raise BadMask("a bracket is not closed")
            tokens = tokens[1:]
        elif tokens and tokens[0] == "/":
            below, tokens = _path(tokens[1:])
        mask[name] = below
        if not tokens or tokens[0] != ",":
            return mask, tokens
        tokens = tokens[1:]


def _path(tokens: list[str]) -> tuple[Mask, list[str]]:
    if not tokens or tokens[0] in "(),/":
        raise BadMask("a field name is missing")
    if len(tokens) > 1 and tokens[1] == "/":
        below, rest = _path(tokens[2:])
        return {tokens[0]: below}, rest
    return {tokens[0]: None}, tokens[1:]


def apply(mask: Mask | None, value: Any) -> Any:
    """Keep of a JSON value what the mask selects."""
    if mask is None or "*" in mask:
        return value
    if isinstance(value, list):
        return [apply(mask, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: apply(mask[name], value[name]) for name in value if name in mask}
