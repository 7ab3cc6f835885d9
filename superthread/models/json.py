"""JSON columns whose numbers survive the way through the database."""

import json
from typing import Any

from django.db import models


def _whole(digits: str) -> int | float:
    """PostgreSQL's jsonb writes 1e22 as an integer of 23 digits: what went in was a float."""
    value = int(digits) if len(digits) <= 20 else 2**63
    return value if -(2**63) <= value < 2**63 else float(digits)


_DECODER = json.JSONDecoder(parse_int=_whole)


def _decoder() -> json.JSONDecoder:
    """The one for all values, where Django would make one for each."""
    return _DECODER


class JSONField(models.JSONField):
    """Django's, reading integers beyond 64 bits as the floats they were."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options, decoder=_decoder)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """To a migration it is Django's own: the column is the same."""
        name, _, args, options = super().deconstruct()
        options.pop("decoder")
        return name, "django.db.models.JSONField", args, options
