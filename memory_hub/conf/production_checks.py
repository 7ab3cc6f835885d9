"""What production refuses to start with: each refusal says what to set instead."""

import platform
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

LEAST_SECRET_LENGTH = 50
LEAST_SECRET_CHARACTERS = 10  # different ones
# https://www.sqlite.org/wal.html: two processes that write and checkpoint at the same moment could
# corrupt the file. Repaired in these, and in every later release.
WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_FIXED_BRANCHES = ((3, 44, 6), (3, 50, 7))


def require_safe(settings: Mapping[str, Any], *, workers: int) -> None:
    """Raise ImproperlyConfigured with all that is unsafe in these settings of production."""
    problems = list(unsafe(settings, workers=workers))
    if problems:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise ImproperlyConfigured(f"HUB_ENVIRONMENT=prod refuses to start:{lines}")


def unsafe(settings: Mapping[str, Any], *, workers: int) -> Iterator[str]:
    """What is unsafe, one sentence each. ``workers``: processes that write to the database."""
    if settings["DEBUG"]:
        yield "DEBUG shows settings and sources to visitors: set DEBUG=0, or unset it."
    if is_guessable(settings["SECRET_KEY"]):
        yield (
            "SECRET_KEY is a default or too simple: unset it to have one generated into the data "
            "directory, or set 50 or more random characters."
        )
    if "*" in settings["ALLOWED_HOSTS"]:
        yield "HUB_ALLOWED_HOSTS=* trusts any Host header: name the hub's own hosts."
    if settings["CORS_ALLOW_ALL_ORIGINS"] and settings["CORS_ALLOW_CREDENTIALS"]:
        yield (
            "HUB_CORS_ORIGINS=* with HUB_CORS_CREDENTIALS lets every site act as its visitors: "
            "name the origins, or set HUB_CORS_CREDENTIALS=0."
        )
    if not (settings["SESSION_COOKIE_SECURE"] and settings["CSRF_COOKIE_SECURE"]):
        yield "HUB_SECURE_COOKIES=0 sends session cookies in clear: set HUB_SECURE_COOKIES=1."
    if not settings["SESSION_COOKIE_HTTPONLY"]:
        yield "SESSION_COOKIE_HTTPONLY must stay on: scripts must not read sessions."
    yield from unsafe_sqlite(settings["DATABASES"], workers=workers)


def unsafe_sqlite(databases: Mapping[str, Any], *, workers: int) -> Iterator[str]:
    """What to do where several processes write with a SQLite that cannot bear it."""
    sqlite = databases["default"]["ENGINE"].endswith("sqlite3")
    if sqlite and workers > 1 and not has_safe_wal(sqlite3.sqlite_version_info):
        yield (
            f"SQLite {sqlite3.sqlite_version} can corrupt a database that {workers} workers write: "
            f"{newer_sqlite()}, set HUB_WORKERS=1, or set DATABASE_URL to a PostgreSQL."
        )


def is_guessable(secret: str) -> bool:
    """Too short, too simple, or one of the keys that examples and generators put in."""
    return (
        len(secret) < LEAST_SECRET_LENGTH
        or len(set(secret)) < LEAST_SECRET_CHARACTERS
        or secret.startswith("django-insecure-")
    )


def newer_sqlite() -> str:
    """How to come by a SQLite without the bug, on this machine."""
    if sys.platform == "linux" and platform.machine() == "x86_64" and _suits_wheels():
        return "install pysqlite3 (pip install -r requirements-sqlite.txt)"
    needed = ".".join(map(str, WAL_RESET_FIXED))
    return (
        f"name a Python with SQLite {needed} or newer as HUB_PYTHON (pysqlite3 has no wheel here)"
    )


def _suits_wheels() -> bool:
    """Wheels are made for a GNU C library from 2018 on, and for musl."""
    library, version = platform.libc_ver()
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return library != "glibc" or numbers >= [2, 28]


def has_safe_wal(version: tuple[int, int, int]) -> bool:
    """True when this SQLite does not have the WAL-reset bug."""
    repaired = any(
        version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED_BRANCHES
    )
    return repaired or version >= WAL_RESET_FIXED
