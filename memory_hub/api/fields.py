"""Fields of strict input: nothing is coerced or trimmed."""

import math
import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any, NoReturn

import orjson
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from memory_hub.api.strict_json import refuse_unstorable
from memory_hub.core.text import MARKS_IN_A_ROW, nfc

# No place in names and keys: C0 and C1 controls, line and paragraph separators, and what turns the
# direction of reading or is not seen at all, by which two names would look the same. The joiners
# U+200C and U+200D stay: Persian and emoji are written with them.
CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


# Blank to the eye: white space, controls, zero-width, bidirectional and annotation marks, fillers,
# variation selectors.
_INVISIBLE = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


def is_blank(text: str) -> bool:
    """True where a reader would see nothing at all."""
    return _INVISIBLE.fullmatch(text) is not None


class Normalised(serializers.Field):
    """The base of what holds text: stores it as NFC."""

    default_error_messages = {
        "too_many_marks": "At most {limit} combining marks may stand in a row.",
    }

    def normal(self, text: str) -> str:
        """The text as NFC; fails where normalisation would take too long."""
        try:
            return nfc(text)
        except ValueError:
            self.fail("too_many_marks", limit=MARKS_IN_A_ROW)

    def to_representation(self, value: Any) -> Any:
        return value


class Text(Normalised):
    """A JSON string, stored as NFC; lengths are in characters after normalisation."""

    default_error_messages = {
        "not_text": "Text is expected here.",
        "blank": "This must not be blank.",
        "too_long": "This may have at most {limit} characters.",
        "control_character": "Control characters are not allowed here.",
    }

    def __init__(self, *, max_length: int | None = None, line: bool = True, **options: Any):
        """``line``: a name on one line, without control characters."""
        self.max_length, self.line = max_length, line
        self.allow_blank = options.pop("allow_blank", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        refuse_unstorable(data, f"/{self.field_name}")
        text = self.normal(data)
        if not self.allow_blank and is_blank(text):
            self.fail("blank")
        if self.max_length is not None and len(text) > self.max_length:
            self.fail("too_long", limit=self.max_length)
        if self.line and CONTROL.search(text):
            self.fail("control_character")
        return text


class Pattern(Text):
    """Text of a given form."""

    default_error_messages = {"malformed": "This is not of the form {form}."}

    def __init__(self, pattern: str, form: str, **options: Any):
        self.pattern, self.form = re.compile(pattern), form
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not self.pattern.fullmatch(text):
            self.fail("malformed", form=self.form)
        return text


class Choice(serializers.ChoiceField):
    """One of a few words, as a JSON string, exactly as written."""

    default_error_messages = {"invalid_choice": "One of these is expected: {words}."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)

    def fail(self, key: str, **details: Any) -> NoReturn:
        """Says what may be chosen; what was sent, the caller knows."""
        super().fail(key, words=", ".join(self.choices), **details)


class Flag(serializers.BooleanField):
    """true or false; no words, no numbers."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:32])
        return data


class Whole(serializers.Field):
    """A JSON integer within [least, most]."""

    default_error_messages = {"not_integer": "A whole number from {least} to {most} is expected."}

    def __init__(self, *, least: int = 0, most: int = 2**31 - 1, **options: Any):
        self.least, self.most = least, most
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("not_integer", least=self.least, most=self.most)
        if not self.least <= data <= self.most:
            self.fail("not_integer", least=self.least, most=self.most)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class QueryWhole(Whole):
    """A whole number in a query string: ASCII digits only."""

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", data):
            self.fail("not_integer", least=self.least, most=self.most)
        return super().to_internal_value(int(data))


class QueryFlag(serializers.Field):
    """true or false in a query string."""

    default_error_messages = {"not_flag": "Either true or false is expected."}

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("not_flag")
        return data == "true"

    def to_representation(self, value: Any) -> Any:
        return value


class Instant(serializers.Field):
    """RFC 3339 with offset, as an aware datetime in UTC; a naive time is refused."""

    _FORM = re.compile(
        r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:[0-5]\d)",
        re.ASCII,
    )
    default_error_messages = {
        "not_time": "A time such as 2030-01-31T12:00:00Z is expected, with an offset.",
        "past": "This must be in the future.",
        "future": "This must not be in the future.",
    }

    def __init__(self, *, future: bool = False, past: bool = False, **options: Any):
        self.future, self.past = future, past
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not self._FORM.fullmatch(data):
            self.fail("not_time")
        try:
            value = parse_datetime(data.upper())
            moment = value.astimezone(UTC) if value else self.fail("not_time")
        except (ValueError, OverflowError):
            self.fail("not_time")
        if self.future and moment <= datetime.now(UTC):
            self.fail("past")
        if self.past and moment > datetime.now(UTC):
            self.fail("future")
        return moment

    def to_representation(self, value: Any) -> Any:
        return value


class JsonObject(Normalised):
    """A JSON object within bounds, all of its texts as NFC.

    Bounds: ``size`` bytes as compact UTF-8 JSON, ``depth`` levels, ``keys`` keys in all.
    """

    default_error_messages = {
        "not_object": "A JSON object is expected here.",
        "too_deep": "This is nested deeper than {limit} levels.",
        "too_many_keys": "This has more than {limit} keys.",
        "duplicate_key": "Two keys are the same after Unicode normalisation.",
        "integer_too_large": "Integers must fit in 64 bits.",
        "too_large": "This has more than {limit} bytes of JSON.",
    }

    def __init__(self, *, size: int, depth: int, keys: int, **options: Any):
        self.size, self.depth, self.keys = size, depth, keys
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_object")
        refuse_unstorable(data, f"/{self.field_name}")
        value = self._normal(data, 1, Counter())
        if len(orjson.dumps(value)) > self.size:
            self.fail("too_large", limit=self.size)
        return value

    def _normal(self, value: Any, level: int, seen: Counter[str]) -> Any:
        if isinstance(value, str):
            return self.normal(value)
        if isinstance(value, dict | list):
            if level > self.depth:
                self.fail("too_deep", limit=self.depth)
            if isinstance(value, list):
                return [self._normal(item, level + 1, seen) for item in value]
            return self._normal_object(value, level, seen)
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            self.fail("integer_too_large")
        if isinstance(value, float):
            return self._number(value)
        return value

    def _number(self, value: float) -> float | int:
        """A float, or the integer that it is where JSON writers differ: 1e16 is 10000000000000000.

        PostgreSQL would give the integer back, SQLite the float.
        """
        if not math.isfinite(value):
            self.fail("not_object")
        whole = 1e16 <= abs(value) < 2**63 and value.is_integer()
        return int(value) if whole else value

    def _normal_object(
        self, value: dict[str, Any], level: int, seen: Counter[str]
    ) -> dict[str, Any]:
        seen["keys"] += len(value)
        if seen["keys"] > self.keys:
            self.fail("too_many_keys", limit=self.keys)
        result = {
            self.normal(key): self._normal(item, level + 1, seen) for key, item in value.items()
        }
        if len(result) < len(value):
            self.fail("duplicate_key")
        return result
