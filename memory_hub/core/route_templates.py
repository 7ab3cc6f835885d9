"""Names of routes: the template of a path, never the path."""

import re
from functools import lru_cache

_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^:<>]+)>")  # <uuid:doc_id>
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)\??")  # (?P<url>.*)?, of Django's older patterns
_ESCAPED = re.compile(r"\\([^\w\s])")  # \.
LONGEST = 160


@lru_cache(maxsize=1024)
def template(pattern: str) -> str:
    """Return Django's pattern as an OpenAPI path: ``/memories/{doc_id}``."""
    named = _CONVERTER.sub(r"{\1}", _GROUP.sub(r"{\1}", pattern))
    plain = _ESCAPED.sub(r"\1", named).replace("^", "").replace("$", "").removesuffix("/?")
    return f"/{plain}"[:LONGEST]
