"""What lists and searches are asked for by filters: in the query string and in a body."""

import re
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from memory_hub.accounts.models import normal_email
from memory_hub.accounts.serializers import MAX_ADDRESS
from memory_hub.api import strict_json
from memory_hub.api.fields import JsonObject, Text
from memory_hub.core.errors import BadInput
from superthread import limits
from superthread.identifiers import NUMBERS, is_value
from superthread.policies import Role
from superthread.reads.filters import RANGES, Condition, Filters, Identified, Under

MOST_NAMES, MOST_CONDITIONS, LONGEST = 20, 10, 4_000
_KINDS = ("equals", "exists", "contains")


class Names(Text):
    """A few texts with commas between them, each once."""

    default_error_messages = {
        "too_many": "At most {limit} at a time.",
        "empty": "An empty one is among them.",
        "twice": "One is given twice.",
    }

    def __init__(self, most: int = MOST_NAMES, **options: Any):
        self.most = most
        super().__init__(max_length=LONGEST, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        names = super().to_internal_value(data).split(",")
        if len(names) > self.most:
            self.fail("too_many", limit=self.most)
        if not all(name.strip() for name in names):
            self.fail("empty")
        if len(set(names)) < len(names):
            self.fail("twice")
        return names


class OwnerName(Text):
    """Whose memories: an address in its normal spelling, or `me`."""

    def __init__(self, **options: Any):
        options = {"required": False, "help_text": "an address, or `me`", **options}
        super().__init__(max_length=MAX_ADDRESS, **options)

    def to_internal_value(self, data: Any) -> str:
        return normal_email(super().to_internal_value(data))


class Words(Names):
    """A few of certain words."""

    default_error_messages = {"unknown": "One of these is expected: {words}."}

    def __init__(self, choices: Sequence[str], **options: Any):
        self.choices = choices
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> list[str]:
        names = super().to_internal_value(data)
        if not set(names) <= set(self.choices):
            self.fail("unknown", words=", ".join(self.choices))
        return names


class PathPrefix(Text):
    """The beginning of paths."""

    def __init__(self, **options: Any):
        options = {"required": False, "help_text": "paths that begin with it: notes/", **options}
        super().__init__(max_length=limits.PATH_BYTES, **options)


# What a path is made of: an escaped dot or backslash, a dot between keys, anything else.
_PATH = re.compile(r"\\([.\\])|(\.)|([^.\\]+|\\)")


def keys_of(path: str) -> tuple[str, ...]:
    """The keys of a path with dots between them. A backslash before a dot makes it part of a key,
    before another backslash one of the two."""
    keys = [""]
    for escaped, dot, text in _PATH.findall(path):
        if dot:
            keys.append("")
        else:
            keys[-1] += escaped or text
    return tuple(keys)


class _AsConditions:
    """Makes conditions of an object: a path of keys with dots → {kind: value}."""

    default_error_messages = {
        "not_conditions": 'An object such as {{"path.to.key": {{"equals": 1}}}} is expected; '
        "contains and exists are known, too.",
        "too_many": "At most {limit} conditions.",
    }

    def _conditions(self, asked: Any) -> tuple[Condition, ...]:
        if not isinstance(asked, dict) or not asked:
            self.fail("not_conditions")
        found = tuple(self._condition(path, one) for path, one in asked.items())
        if len(found) > MOST_CONDITIONS:
            self.fail("too_many", limit=MOST_CONDITIONS)
        return found

    def _condition(self, path: str, one: Any) -> Condition:
        keys = keys_of(path)
        if not all(keys) or not isinstance(one, dict) or len(one) != 1:
            self.fail("not_conditions")
        ((kind, value),) = one.items()
        if kind not in _KINDS or (kind == "exists" and not isinstance(value, bool)):
            self.fail("not_conditions")
        return Condition(keys, kind, value)


@extend_schema_field(
    {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_CONDITIONS,
        "additionalProperties": {
            "type": "object",
            "properties": {"equals": {}, "exists": {"type": "boolean"}, "contains": {}},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    }
)
class ConditionsObject(_AsConditions, JsonObject):
    """Conditions on metadata as an object in a body."""

    def __init__(self, **options: Any):
        super().__init__(
            size=LONGEST, depth=limits.METADATA_DEPTH, keys=limits.METADATA_KEYS, **options
        )

    def to_internal_value(self, data: Any) -> tuple[Condition, ...]:
        return self._conditions(super().to_internal_value(data))


class Conditions(_AsConditions, Text):
    """Conditions on metadata as the text of a JSON object."""

    def __init__(self, **options: Any):
        super().__init__(max_length=LONGEST, line=False, **options)
        self.object = ConditionsObject()

    def to_internal_value(self, data: Any) -> tuple[Condition, ...]:
        try:
            # As in a body: what was written with escapes is normalised, too.
            asked = strict_json.loads(super().to_internal_value(data).encode())
            return self.object.run_validation(asked)
        except (BadInput, ValidationError):
            self.fail("not_conditions")


def under_of(asked: dict[str, Any]) -> Under | None:
    """The paths that are asked for; what says so is taken out of the query."""
    prefix, depth = asked.pop("path_prefix", None), asked.pop("depth", None)
    if prefix is None and depth is None and asked.get("sort") != "path":
        return None
    return Under.of(prefix or "", depth)


def _identifiers(
    asked: Sequence[Condition],
) -> tuple[tuple[Identified, ...], tuple[Condition, ...]]:
    """Those of the conditions that the index of identifiers answers, as that takes them, and the
    others."""
    equal = [one for one in asked if one.kind == "equals" and len(one.path) == 1]
    found = [one for one in equal if one.path[0] in NUMBERS and is_value(one.value)]
    named = tuple(Identified(one.path[0], (one.value,)) for one in found)
    return named, tuple(one for one in asked if one not in found)


def filters_of(asked: dict[str, Any]) -> Filters:
    """The filters of a validated query or body; what they are made of is taken out of it."""
    conditions = asked.pop("metadata", ())
    if (tag := asked.pop("tag", None)) is not None:
        conditions = (*conditions, Condition(("tags",), "contains", tag))
    identifiers, conditions = _identifiers(conditions)
    role = asked.pop("role", None)
    ranges = {name: asked.pop(name, None) for name in RANGES}
    return Filters(
        categories=tuple(asked.pop("categories", ())),
        role=Role[role.upper()] if role else None,
        origins=tuple(asked.pop("origin", ())),
        conditions=conditions,
        identifiers=identifiers,
        owner=asked.pop("owner", None),
        under=under_of(asked),
        **ranges,
    )
