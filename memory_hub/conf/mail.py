"""Where mail goes: ``EMAIL_URL`` in Django's settings."""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env

NAME = "EMAIL_URL"
FORM = f"{NAME} must look like smtp://user:password@mail.example.com:587."
# Scheme: port, STARTTLS, TLS from the start.
SCHEMES = {
    "smtp": (587, True, False),
    "smtps": (465, False, True),
    "smtp+plain": (25, False, False),
}
# For which a mail server is waited for.
SECONDS = 20


def mail_settings(settings: MutableMapping[str, Any], public_url: str) -> bool:
    """Puts Django's settings of mail into these; returns whether the hub sends any.

    ``smtp://`` asks for STARTTLS, ``smtps://`` for TLS from the start, ``smtp+plain://`` for
    neither, which is for a server on the same machine. ``?from=hub@example.com`` is who it comes
    from. Raises ImproperlyConfigured, also where nothing says what address links in mail have.
    """
    given = env.secret("EMAIL_URL", "")
    if not given:
        settings["EMAIL_BACKEND"] = "django.core.mail.backends.dummy.EmailBackend"
        return False
    if not public_url:
        raise ImproperlyConfigured(f"{NAME} needs HUB_PUBLIC_URL: links in mail lead there.")
    settings.update(_parsed(given))
    return True


def _parsed(given: str) -> dict[str, Any]:
    try:
        url = urlsplit(given)
        port = url.port
    except ValueError:  # its message may quote a password
        raise ImproperlyConfigured(FORM) from None
    if url.scheme not in SCHEMES or not url.hostname or url.path not in ("", "/"):
        raise ImproperlyConfigured(FORM)
    usual, starttls, tls = SCHEMES[url.scheme]
    sender = parse_qs(url.query).get("from", [f"memory-hub@{url.hostname}"])[-1]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": port or usual,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": starttls,
        "EMAIL_USE_SSL": tls,
        "EMAIL_TIMEOUT": SECONDS,
        "DEFAULT_FROM_EMAIL": sender,
    }
