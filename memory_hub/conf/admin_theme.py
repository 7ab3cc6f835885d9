"""How the admin looks (django-unfold), and its side bar, made of what the apps bring."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext, gettext_lazy

from memory_hub.core import installed
from memory_hub.core.features import SideBarItem


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar: what the apps bring, by section; the section of the hub itself is the last."""
    sections: dict[str, list[dict[str, Any]]] = {}
    read = installed.in_reading_order()
    for app in read:
        for item in app.side_bar:
            sections.setdefault(item.section, []).append(_link(item))
    for item in read[-1].side_bar:
        sections[item.section] = sections.pop(item.section)
    return [
        {"title": gettext(title), "separator": place > 0, "items": items}
        for place, (title, items) in enumerate(sections.items())
    ]


def _link(item: SideBarItem) -> dict[str, Any]:
    if not item.model:
        link = {"title": gettext(item.title), "icon": item.icon, "link": reverse_lazy(item.url)}
        return link | ({"permission": item.is_shown} if item.is_shown else {})
    app, model = item.model.split(".")
    return {
        "title": gettext(item.title),
        "icon": item.icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{model}"),
    }


UNFOLD = {
    "SITE_TITLE": "Memory Hub",
    "SITE_HEADER": "Memory Hub",
    "SITE_SUBHEADER": gettext_lazy("Administration"),
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
        "navigation": navigation,
    },
}
