"""Paths of the hub. API routes are written without a trailing slash and answer with one too."""

from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from memory_hub.api.document import OpenApiView
from memory_hub.core.installed import features
from memory_hub.core.links import path_to
from memory_hub.late_admin import AdminWhenAsked
from memory_hub.pages import (
    at_prefix,
    bad_request,
    documentation,
    home,
    log_in_to_admin,
    not_found,
    permission_denied,
    routes_of,
    server_error,
    well_known,
)

# In two parts: a page with a script inside would need a weaker policy.
SWAGGER = "drf_spectacular.views.SpectacularSwaggerSplitView"
REDOC = "drf_spectacular.views.SpectacularRedocView"
urlpatterns = [
    path("", home, name="home"),
    *(routes_of(app) for app in features() if app.urls),
    *(at_prefix(app.prefix, app.view) for app in features() if app.view),
    *(well_known(*one) for app in features() for one in app.well_known.items()),
    path("openapi.json", OpenApiView.as_view(), name="schema"),
    re_path(r"^docs/?$", documentation(SWAGGER), name="docs"),
    re_path(r"^redoc/?$", documentation(REDOC), name="redoc"),
    path("favicon.ico", RedirectView.as_view(url=static("memory_hub/icon.svg"))),
    path("admin", RedirectView.as_view(url=path_to("/admin/"))),
    path("admin/login/", log_in_to_admin),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    AdminWhenAsked("admin/"),
    path("", include("web.urls")),
]

handler400 = bad_request
handler403 = permission_denied
handler404 = not_found
handler500 = server_error
