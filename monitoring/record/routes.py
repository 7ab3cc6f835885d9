"""Names of routes: the template of a path, never the path."""

import re
from functools import lru_cache

from django.conf import settings
from django.urls import ResolverMatch

from monitoring.models.series import LONGEST_ROUTE

_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^:<>]+)>")  # <uuid:doc_id>
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")  # (?P<url>.*), of Django's older patterns


def name_of(match: ResolverMatch | None, path: str) -> str | None:
    """Return the template of a resolved request, or None for a path that no route matches."""
    if match is None:
        return f"/{settings.STATIC_URL.strip('/')}/{{file}}" if _is_static(path) else None
    return template(match.route or "")


@lru_cache(maxsize=1024)
def template(pattern: str) -> str:
    """Return Django's pattern as an OpenAPI path: ``/memories/{doc_id}``."""
    named = _CONVERTER.sub(r"{\1}", _GROUP.sub(r"{\1}", pattern))
    plain = named.replace("^", "").replace("$", "").removesuffix("/?")
    return f"/{plain}"[:LONGEST_ROUTE]


def _is_static(path: str) -> bool:
    return path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
