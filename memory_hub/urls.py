"""Paths of the hub. API routes are written without a trailing slash and answer with one too."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from memory_hub.api.openapi import OpenApiView
from memory_hub.core.installed import features
from memory_hub.pages import (
    at_prefix,
    bad_request,
    documentation,
    home,
    log_in_to_admin,
    not_found,
    permission_denied,
    server_error,
    well_known,
)
from web import admin_pages

admin_pages.take_away()
# In two parts: a page with a script inside would need a weaker policy.
swagger = SpectacularSwaggerSplitView.as_view(url_name="schema")
redoc = SpectacularRedocView.as_view(url_name="schema")
urlpatterns = [
    path("", home, name="home"),
    *(path(f"{app.prefix[1:]}/", include(app.urls)) for app in features() if app.urls),
    *(at_prefix(app.prefix, app.view) for app in features() if app.view),
    *(well_known(*one) for app in features() for one in app.well_known.items()),
    path("openapi.json", OpenApiView.as_view(), name="schema"),
    re_path(r"^docs/?$", documentation(swagger), name="docs"),
    re_path(r"^redoc/?$", documentation(redoc), name="redoc"),
    path("favicon.ico", RedirectView.as_view(url=static("memory_hub/icon.svg"))),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/login/", log_in_to_admin),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
]

handler400 = bad_request
handler403 = permission_denied
handler404 = not_found
handler500 = server_error
