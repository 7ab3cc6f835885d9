import memory_hub.core.slim_django
import memory_hub.core.slim_django_tasks
import memory_hub.core.slim_rest_framework
import memory_hub.rate_limits.slim_limits  # noqa: F401 - they must load before the libraries

# isort: split
from django.apps import AppConfig
from django.conf import settings
from django.http import HttpRequest

from memory_hub.core import installed
from memory_hub.core.features import Features, SideBarItem
from memory_hub.http.content_security_policy import STYLED, WORKING


def _docs_are_on(request: HttpRequest) -> bool:
    return settings.HUB_DOCS != "off"


class MemoryHubConfig(AppConfig):
    """The project as an app: its commands, its system checks, and what it has beside its apps."""

    name = "memory_hub"
    features = Features(
        is_api=False,
        pages=("/admin", "/docs", "/redoc", "/static", "/favicon.ico"),
        api=("/openapi.json",),
        policies={"/admin": STYLED, "/docs": STYLED, "/redoc": WORKING},
        side_bar=(
            SideBarItem("Hub", "Log of the admin", "receipt_long", model="admin.logentry"),
            SideBarItem("Hub", "API", "api", url="docs", is_shown=_docs_are_on),
        ),
        order=1000,
    )

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from memory_hub.caching.invalidation import watch

        installed.check(
            mounted_at=settings.HUB_PATH_PREFIX,
            most_body_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        )
        connection_created.connect(watch, dispatch_uid="memory_hub.caching")
