"""Which route a request counts under."""

from django.conf import settings
from django.urls import ResolverMatch

from memory_hub.core.route_templates import template


def name_of(match: ResolverMatch | None, path: str) -> str | None:
    """Return the template of a resolved request, or None for a path that no route matches."""
    if match is None:
        return f"/{settings.STATIC_URL.strip('/')}/{{file}}" if _is_static(path) else None
    return template(match.route or "")


def _is_static(path: str) -> bool:
    return path.startswith(f"/{settings.STATIC_URL.strip('/')}/")
