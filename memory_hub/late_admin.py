"""The admin, whose pages are imported when somebody comes to one: most processes never show any."""

import threading
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern
from django.utils.functional import cached_property

_discovering = threading.RLock()
_is_discovered = False


def discover() -> None:
    """Imports the apps' pages, which register themselves, and has them speak the languages of the
    hub; once in a process."""
    global _is_discovered
    with _discovering:
        if not _is_discovered:
            from memory_hub.admin import names
            from web import admin_pages

            admin.autodiscover()
            admin_pages.take_away()
            names.speak()
            _is_discovered = True


class ThemeConfig(AppConfig):
    """django-unfold without its own configuration, which imports its site at the start."""

    name = "unfold"


class AdminConfig(SimpleAdminConfig):
    """Django's, with the theme's site; what it checks it imports first."""

    default_site = "unfold.sites.UnfoldAdminSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_pages, checks.Tags.admin)


def _check_pages(app_configs: Any = None, **options: Any) -> list[checks.CheckMessage]:
    discover()
    return check_admin_app(app_configs, **options)


class AdminWhenAsked(URLResolver):
    """The routes of the admin, known when a path below is asked or the address of one is made."""

    def __init__(self, prefix: str) -> None:
        pattern = RoutePattern(prefix, is_endpoint=False)
        super().__init__(pattern, [], app_name="admin", namespace="admin")

    @cached_property
    def url_patterns(self) -> list[URLPattern | URLResolver]:
        discover()
        return admin.site.get_urls()

    def _populate(self) -> None:
        """Django looks into all routes for names; what has a namespace is asked for its own."""
