import logging
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, register

from google_docs.client.work import CALLS, RETRIES
from google_docs.scopes import SCOPES
from memory_hub.core.features import Features, SideBarItem
from memory_hub.events.order import Stage
from memory_hub.rate_limits.prices import SEARCH
from superthread.limits import BATCH_BODY_BYTES

# At DEBUG these write tokens, codes and search terms into the log.
TALKATIVE = ("requests_oauthlib", "oauthlib", "googleapiclient", "google", "google_auth_httplib2")


class GoogleDocsConfig(AppConfig):
    """Memories in Google Docs. Google's client is imported on first use, not here: a hub without
    it pays nothing for it."""

    name = "google_docs"
    verbose_name = "Google Docs"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        prefix="/google-docs",
        urls="google_docs.urls",
        urls_when_asked=True,
        pages=("/connect", "/callback"),
        tag="The same with a Google Doc behind every memory",
        problems={502: "Google could not be used", 504: "Google did not answer in time"},
        scopes=SCOPES,
        points={"/search": SEARCH},
        body_limits={"/batch/": BATCH_BODY_BYTES},
        work=(CALLS, RETRIES),
        subscribers={
            Stage.CONSEQUENCES: ("google_docs.access.ended.follow",),
            Stage.RECORD: ("google_docs.recorded.record",),
        },
        at_start=("google_docs.process.load",),
        at_shutdown=("google_docs.process.close",),
        side_bar=(
            SideBarItem(
                "Hub", "Connected accounts", "add_to_drive", model="google_docs.connection"
            ),
        ),
        openapi="google_docs.openapi",
        order=30,
    )

    def ready(self) -> None:
        register(_check_settings)
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)


def _check_settings(**_: Any) -> list[CheckMessage]:
    from google_docs import checks

    return checks.google_docs_settings()
