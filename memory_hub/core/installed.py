"""What the installed apps bring together (`features.py`): read once, when it is first asked."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from memory_hub.core.features import Features

_PREFIX = re.compile(r"/[a-z0-9][a-z0-9-]*")
_SCOPE = re.compile(r"[a-z][a-z-]*:[a-z][a-z-]*")


@cache
def features() -> tuple[Features, ...]:
    """What each app says, in the order of INSTALLED_APPS. From when the apps are known on."""
    said = (getattr(config, "features", None) for config in apps.get_app_configs())
    return tuple(one for one in said if isinstance(one, Features))


def in_reading_order() -> list[Features]:
    """The same in the order in which people read it."""
    return sorted(features(), key=lambda one: one.order)


def below(name: str) -> Iterator[tuple[str, Any]]:
    """Whole paths with their values, of a field that maps paths below the prefix."""
    for one in features():
        for path, value in getattr(one, name).items():
            yield one.prefix + path, value


def paths(name: str) -> tuple[str, ...]:
    """Whole paths, of a field that has paths below the prefix."""
    return tuple(one.prefix + path for one in features() for path in getattr(one, name))


def imported(name: str) -> list[Any]:
    """What the dotted names of a field stand for, imported now."""
    return [import_string(dotted) for one in features() for dotted in getattr(one, name)]


def roots() -> tuple[str, ...]:
    """What all paths of the hub begin with."""
    prefixes = tuple(one.prefix for one in features() if one.prefix)
    own = [path for one in features() if not one.prefix for path in (*one.pages, *one.api)]
    return prefixes + tuple(own)


def check(*, mounted_at: str, most_body_bytes: int) -> None:
    """Raises ImproperlyConfigured where what the apps say does not go together.

    ``mounted_at`` is the path of its host that the whole hub is below.
    """
    problems = [*_bad_prefixes(), *_bad_scopes(), *_bad_limits(most_body_bytes)]
    if problems:
        raise ImproperlyConfigured(" ".join(problems))
    if mounted_at.startswith(roots()):
        raise ImproperlyConfigured("HUB_PATH_PREFIX must not begin like a path of the hub's own.")


def _bad_prefixes() -> Iterator[str]:
    for one in features():
        if one.prefix and not _PREFIX.fullmatch(one.prefix):
            yield f"{one.prefix} is no prefix: it is one segment, such as /notes."
        if one.urls and not one.prefix:
            yield f"The routes {one.urls} have no prefix."
    known = sorted(roots())
    # What begins like another one would be taken for it.
    for first, second in pairwise(known):
        if second.startswith(first):
            yield f"Two apps have paths under {first}."


def _bad_scopes() -> Iterator[str]:
    names = [scope.name for one in features() for scope in one.scopes]
    yield from (f"{name} is no scope: it is like notes:read." for name in names if not _is(name))
    yield from (f"Two apps have the scope {name}." for name in _repeated(names))


def _is(name: str) -> bool:
    return _SCOPE.fullmatch(name) is not None


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _bad_limits(most: int) -> Iterator[str]:
    for path, size in below("body_limits"):
        if not 0 < size <= most:
            yield f"A body at {path} may have from 1 to {most} bytes."
    for path, points in below("points"):
        if points < 0:
            yield f"{path} cannot cost {points} points."
