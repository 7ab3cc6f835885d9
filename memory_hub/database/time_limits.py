"""Connections for work that takes its time; the limits of the others are for requests."""

import re
from typing import Any

from django.db import connections

_LIMITS = re.compile(r"\b(statement_timeout|idle_in_transaction_session_timeout)=\d+")


def without_time_limits(alias: str) -> Any:
    """A wrapper for the present thread to use in place of its own: a connection outside any pool,
    whose statements and transactions may take as long as those of a management command."""
    wrapper = connections.create_connection(alias)
    if wrapper.vendor == "postgresql":
        settings = {name: value for name, value in wrapper.settings_dict.items() if name != "POOL"}
        options = settings["OPTIONS"]
        told = _LIMITS.sub(r"\1=0", options.get("options", ""))
        wrapper.settings_dict = settings | {"OPTIONS": options | {"options": told}}
    return wrapper
