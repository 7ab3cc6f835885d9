"""What kind of path it is, and what holds for it, as the apps say (`core/features.py`).

Asked with every request: the tables are made once.
"""

from functools import cache

from django.conf import settings

from memory_hub.core import installed

WELL_KNOWN = "/.well-known/"


def is_page(path: str) -> bool:
    """Whether people open this in a browser; everything else is the API."""
    api, pages = _kinds()
    return not path.startswith(api) or path.startswith(pages)


@cache
def _kinds() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How paths of the API begin, and how pages among them do."""
    apps = [one.prefix for one in installed.features() if one.is_api and one.prefix]
    named = [f"{WELL_KNOWN}{name}" for one in installed.features() for name in one.well_known]
    api = (*apps, *installed.paths("api"), *named)
    return api, tuple(path for path in installed.paths("pages") if path.startswith(api))


def is_probe(path: str) -> bool:
    """Whether the path is asked by what watches the hub from beside it: by any name, in plain HTTP,
    and at no cost, for nobody must take a busy hub for a dead one."""
    return path.rstrip("/") in _probes()


@cache
def _probes() -> frozenset[str]:
    return frozenset(installed.paths("probes"))


def answers_when_full(path: str) -> bool:
    """Whether it is not refused at the door when all threads and their queue are taken."""
    return f"{path}/".startswith(_answering_when_full())


@cache
def _answering_when_full() -> tuple[str, ...]:
    return tuple(f"{one.prefix}/" for one in installed.features() if one.answers_when_full)


def has_plain_errors(path: str) -> bool:
    """Whether problem documents are called application/json there."""
    return f"{path}/".startswith(_plain())


@cache
def _plain() -> tuple[str, ...]:
    return tuple(f"{one.prefix}/" for one in installed.features() if one.plain_errors)


def takes_passwords(path: str) -> bool:
    """Whether what is sent there is an attempt to log in."""
    return path.rstrip("/") in _logins()


@cache
def _logins() -> frozenset[str]:
    return frozenset(installed.paths("logins"))


def body_limit(path: str) -> int:
    """Most bytes that a body may have there."""
    for start, size in _body_limits():
        if path.startswith(start):
            return size
    return settings.HUB_BODY_LIMIT


@cache
def _body_limits() -> tuple[tuple[str, int], ...]:
    """The longest first: what is said of a part goes before what is said of the whole."""
    return tuple(sorted(installed.below("body_limits"), key=lambda pair: -len(pair[0])))


def page_policy(path: str) -> str | None:
    """The Content-Security-Policy of a page, where an app has one of its own for it."""
    whole = f"{path}/"
    return next((said for start, said in _policies() if whole.startswith(f"{start}/")), None)


@cache
def _policies() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(installed.below("policies"), key=lambda pair: -len(pair[0])))
