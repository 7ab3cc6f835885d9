"""Typed reading of the process environment.

Every reader names its variable in the error, never the value: a value may be a secret.
"""

import math
import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from memory_hub.core.addresses import network

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def _raw(name: str) -> str | None:
    """The variable's text, or None when it is unset or empty."""
    return os.environ.get(name, "").strip() or None


def _secret(name: str) -> str | None:
    """The variable's text, or that of the file named by ``<NAME>_FILE``, as secrets are mounted.

    A file that cannot be read, or an empty one, must not pass for a variable that is not set: a hub
    meant for PostgreSQL would begin anew on SQLite.
    """
    value, path = _raw(name), _raw(f"{name}_FILE")
    if path is None:
        return value
    if value is not None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names a file that cannot be read: {error.strerror}."
        ) from error
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{name}_FILE names a file that is not text.") from None
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE names an empty file.")
    return value


def secret(name: str, default: str | None = None) -> str:
    """As ``text``, or from a file: ``<NAME>_FILE``."""
    value = _secret(name)
    if value is not None:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} or {name}_FILE must be set.")
    return default


def secrets(name: str) -> list[str]:
    """As ``words``, or from a file: ``<NAME>_FILE``."""
    return [word.strip() for word in (_secret(name) or "").split(",") if word.strip()]


def text(name: str, default: str | None = None) -> str:
    """The variable as text; without a default it must be set."""
    value = _raw(name)
    if value is not None:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return default


def flag(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off, without regard to case."""
    value = (_raw(name) or "").lower()
    if not value:
        return default
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0.")
    return value in _TRUE


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number within [least, most]."""
    value = _raw(name)
    if value is None:
        return default
    if not re.fullmatch(r"-?\d{1,10}", value) or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}.")
    return int(value)


def seconds(name: str, default: float, *, least: float = 0, most: float = math.inf) -> float:
    """A duration within [least, most]: a number of seconds, or one with the unit s, m, h or d."""
    value = _raw(name)
    if value is None:
        return default
    given = duration(value, name)
    if not least <= given <= most:
        raise ImproperlyConfigured(f"{name} must be from {least:g} to {most:g} seconds.")
    return given


def pauses(name: str, default: str) -> list[float]:
    """Durations, as `seconds` takes them, separated by commas: at least one, none of 0."""
    found = [duration(one, name) for one in (_raw(name) or default).split(",")]
    if not all(found):
        raise ImproperlyConfigured(f"{name} must be durations such as 5s,2m,6h.")
    return found


def rate(name: str, default: str) -> str:
    """A rate such as 600/minute, or "off"; a misspelt one must not turn a limit off."""
    value = _raw(name) or default
    if value != "off" and not re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour|day)", value):
        raise ImproperlyConfigured(f"{name} must be like 600/minute, or off.")
    return value


def duration(value: str, name: str = "duration") -> float:
    """Seconds in '90', '1.5s', '10m', '2h' or '90d'. Raises ImproperlyConfigured otherwise."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)([smhd]?)", value.strip())
    if not found:
        raise ImproperlyConfigured(f"{name} must be a duration such as 30s, 10m, 2h or 90d.")
    return float(found[1]) * _SECONDS[found[2]]


def choice(name: str, options: Sequence[str], default: str) -> str:
    """One of the options, as written."""
    value = _raw(name) or default
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(options)}.")
    return value


def some_of(name: str, options: Sequence[str]) -> list[str]:
    """Any of the options, separated by commas; none unless told."""
    found = words(name)
    if not set(found) <= set(options):
        raise ImproperlyConfigured(f"{name} must be some of {', '.join(options)}.")
    return found


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A list separated by commas; blanks around the items are dropped."""
    value = _raw(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def modules(name: str) -> list[str]:
    """Packages or classes as Python names them, such as notes or notes.apps.NotesConfig, whose
    package can be imported from here."""
    given = words(name)
    for word in given:
        if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", word, re.ASCII):
            raise ImproperlyConfigured(f"{name} must name Python packages, such as notes.")
        if find_spec(word.partition(".")[0]) is None:
            raise ImproperlyConfigured(f"{name} must name packages that are installed here.")
    return given


def networks(name: str, default: Sequence[str] = ()) -> list[str]:
    """Addresses or networks, such as 127.0.0.1 or 10.0.0.0/8; "*" stands for all."""
    given = words(name, default)
    try:
        # Written as networks are: 10.0.0.1/8 would be nobody's to uvicorn.
        return [word if word == "*" else network(word) for word in given]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be addresses or networks, such as 127.0.0.1,10.0.0.0/8."
        ) from error


def origins(name: str) -> list[str]:
    """Origins as browsers name them, such as https://hub.example.com; a * may stand in the host."""
    given = words(name)
    if not all(re.fullmatch(r"https?://[^\s/?#@]+", word) for word in given):
        raise ImproperlyConfigured(
            f"{name} must be origins, such as https://hub.example.com, without a path."
        )
    return given


def public_url(name: str) -> str:
    """An address such as https://example.com/hub, without a slash at its end; empty when the
    variable is not set."""
    value = (_raw(name) or "").rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        sound = parts.hostname and parts.port != 0 and _is_prefix(parts.path)
    except ValueError:  # a port that is none
        sound = False
    if not sound or not re.fullmatch(r"https?://[^\s@?#]+", value):
        raise ImproperlyConfigured(f"{name} must be like https://hub.example.com.")
    return value


def path_prefix(name: str, default: str = "") -> str:
    """A path such as /hub, without a slash at its end; empty for the root."""
    value = (_raw(name) or default).rstrip("/")
    if not _is_prefix(value):
        raise ImproperlyConfigured(f"{name} must be a path such as /hub.")
    return value


def _is_prefix(path: str) -> bool:
    return re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", path) is not None


def directory(name: str, default: Path) -> Path:
    """A directory that this process may write to; made, for its owner alone, when missing."""
    path = Path(text(name, str(default))).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} must name a directory, or a place to make one: {error.strerror}."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"{name} must name a directory that the hub may write to.")
    return path


def redis_url(name: str) -> str | None:
    """redis://, rediss:// (TLS) or unix:// with a place, or a file that holds it; None when the
    variable is not set."""
    value = _secret(name)
    if value is None:
        return None
    try:
        url = urlsplit(value)
        sound = bool(url.path if url.scheme == "unix" else url.hostname) and url.port != 0
    except ValueError:  # a port that is none
        sound = False
    if not sound or url.scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0.")
    return value


def database_url(name: str) -> dict | None:
    """Django's NAME, USER, PASSWORD, HOST and PORT from postgresql://user:pass@host:port/db.

    None when the variable is not set. A Unix socket directory goes in ``?host=/path``. It may be
    in a file (``<NAME>_FILE``).
    """
    value = _secret(name)
    return None if value is None else parsed_database_url(value, name)


def parsed_database_url(value: str, name: str) -> dict:
    """As database_url, of a URL that was given otherwise; ``name`` is what errors call it."""
    try:
        url = urlsplit(value)
    except ValueError:
        # Its message may quote a password with characters that must be escaped.
        url = urlsplit("")
    if url.scheme not in ("postgresql", "postgres") or len(url.path) < 2:
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host/db.")
    try:
        port = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} has a port that is not a number.") from error
    query = dict(pair.partition("=")[::2] for pair in url.query.split("&") if pair)
    return {
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(query.pop("host", "")) or url.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": {key: unquote(value) for key, value in query.items()},
    }
