"""What the URL resolver knows, as templates."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def routes(under: str, resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Any]:
    """(template, view class) of every class-based route that begins with ``under``."""
    for pattern in (resolver or get_resolver()).url_patterns:
        template = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(under, pattern, template)
        elif isinstance(pattern, URLPattern) and template.startswith(under):
            view = getattr(pattern.callback, "view_class", None)
            # Of a door that is imported when somebody comes to it.
            view = view or getattr(pattern.callback, "cls", None)
            if view is not None:
                yield template, view


def methods(view: type) -> list[str]:
    """What a view answers beside HEAD and OPTIONS, which every view has."""
    known = [name for name in view.http_method_names if hasattr(view, name)]
    return [name.upper() for name in known if name not in ("head", "options")]
