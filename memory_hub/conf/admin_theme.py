"""How the admin looks and what its side bar lists (django-unfold)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _may_view(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _list(title: str, icon: str, app: str, model: str) -> dict[str, Any]:
    """A link to a model's list, for those who may view it."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may_view(f"{app}.view_{model}"),
    }


UNFOLD = {
    "SITE_TITLE": "Memory Hub",
    "SITE_HEADER": "Memory Hub",
    "SITE_SUBHEADER": "Administration",
    "SITE_SYMBOL": "hub",
    "SITE_URL": reverse_lazy("home"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("memory_hub/icon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("memory_hub/admin.css")],
    "SCRIPTS": [lambda request: static("memory_hub/alpine.js")],
    "COLORS": {
        # Teal, dark enough on white for text and buttons (WCAG AA from 600 on).
        "primary": {
            "50": "oklch(98.4% .014 180.72)",
            "100": "oklch(95.3% .051 180.801)",
            "200": "oklch(91% .096 180.426)",
            "300": "oklch(85.5% .138 181.071)",
            "400": "oklch(77.7% .152 181.912)",
            "500": "oklch(60% .118 184.704)",
            "600": "oklch(51.1% .096 186.391)",
            "700": "oklch(43.7% .078 188.216)",
            "800": "oklch(38.6% .063 188.416)",
            "900": "oklch(32.7% .054 188.6)",
            "950": "oklch(27.7% .046 192.524)",
        },
        "font": {
            # One step darker than the theme's own: small grey text stays readable.
            "subtle-light": "var(--color-base-600)",
            "default-light": "var(--color-base-700)",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Memories",
                "items": [
                    _list("Memories", "notes", "superthread", "memory"),
                    _list("Versions", "history", "superthread", "version"),
                    _list("Grants", "share", "superthread", "grant"),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    _list("Users", "person", "accounts", "user"),
                    _list("Teams", "groups", "accounts", "team"),
                    _list("Memberships", "badge", "accounts", "membership"),
                    _list("Tokens", "key", "accounts", "token"),
                    _list("Permission groups", "shield_person", "auth", "group"),
                ],
            },
            {
                "title": "Monitoring",
                "separator": True,
                "items": [
                    {
                        "title": "Dashboard",
                        "icon": "monitoring",
                        "link": reverse_lazy("dashboard"),
                    },
                    _list("Endpoints", "speed", "monitoring", "endpointtotal"),
                    _list("Slow requests", "hourglass", "monitoring", "slowrequest"),
                    _list("Slow queries", "database", "monitoring", "slowquery"),
                    _list("Workers", "memory", "monitoring", "workerprocess"),
                ],
            },
            {
                "title": "Hub",
                "separator": True,
                "items": [
                    _list("Connected accounts", "add_to_drive", "google_docs", "connection"),
                    _list("Log of the admin", "receipt_long", "admin", "logentry"),
                    {
                        "title": "API",
                        "icon": "api",
                        "link": reverse_lazy("docs"),
                        "permission": lambda request: settings.HUB_DOCS != "off",
                    },
                ],
            },
        ],
    },
}
