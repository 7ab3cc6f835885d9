"""The pages there are, as paths."""

import re
from collections.abc import Iterator

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """All routes of pages."""
    for one in (resolver or get_resolver("web.urls")).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def page_paths(but: re.Pattern[str], **fills: str) -> list[str]:
    """The paths of the pages whose names ``but`` does not find, with ``fills`` where they name
    something; those that name something else are left out."""
    found = []
    for pattern in patterns():
        named = pattern.pattern.regex.groupindex
        if but.search(pattern.name) or set(named) - set(fills):
            continue
        try:
            found.append(reverse(pattern.name, kwargs={name: fills[name] for name in named}))
        except NoReverseMatch:
            continue
    return found
