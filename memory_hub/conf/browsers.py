"""What browsers are told and allowed: cookies, TLS, framing, pages of other origins."""

from collections.abc import Iterable, MutableMapping
from typing import Any

from memory_hub.conf import env

# What scripts of other origins may send, and read, where HUB_CORS_ORIGINS lets them ask.
HEADERS_SENT = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-csrftoken",
    "x-request-id",
)
HEADERS_READ = (
    "ETag",
    "Location",
    "X-Request-ID",
    "Idempotent-Replayed",
    "Retry-After",
    "WWW-Authenticate",
)
YEAR = 31_536_000  # seconds


def browser_settings(
    settings: MutableMapping[str, Any],
    *,
    public_url: str,
    path_prefix: str,
    production: bool,
    headers: Iterable[str],
) -> None:
    """Puts Django's settings of security into these: safe with no configuration, and in production
    with TLS. ``headers`` are those that apps take beside what all of the API does. Raises
    ImproperlyConfigured."""
    trusted = env.origins("HUB_TRUSTED_ORIGINS")
    if public_url:
        trusted.append(public_url.removesuffix(path_prefix))
    settings.update(
        _cookies(path_prefix, secure=env.flag("HUB_SECURE_COOKIES", production)),
        CSRF_TRUSTED_ORIGINS=trusted,
        SECURE_SSL_REDIRECT=env.flag("HUB_SSL_REDIRECT", production),
        SECURE_HSTS_SECONDS=env.integer("HUB_HSTS_SECONDS", YEAR if production else 0),
        SECURE_HSTS_INCLUDE_SUBDOMAINS=production,
        SECURE_HSTS_PRELOAD=production,
        SECURE_CONTENT_TYPE_NOSNIFF=True,
        SECURE_REFERRER_POLICY="same-origin",
        X_FRAME_OPTIONS="DENY",
        **_other_origins(headers),
    )


def _cookies(path_prefix: str, *, secure: bool) -> dict[str, Any]:
    # What else lives on the host has cookies of its own.
    path = path_prefix or "/"
    return {
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": path,
        "CSRF_COOKIE_PATH": path,
        "LANGUAGE_COOKIE_PATH": path,
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        # A cookie of messages would be of the whole host.
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }


def _other_origins(headers: Iterable[str]) -> dict[str, Any]:
    everybody = env.text("HUB_CORS_ORIGINS", "") == "*"
    return {
        "CORS_ALLOW_ALL_ORIGINS": everybody,
        "CORS_ALLOWED_ORIGINS": [] if everybody else env.origins("HUB_CORS_ORIGINS"),
        "CORS_ALLOW_CREDENTIALS": env.flag("HUB_CORS_CREDENTIALS", default=False),
        "CORS_ALLOW_HEADERS": sorted([*HEADERS_SENT, *headers]),
        "CORS_EXPOSE_HEADERS": list(HEADERS_READ),
    }
