import logging

from django.apps import AppConfig

# At DEBUG these write tokens, codes and search terms into the log.
TALKATIVE = ("requests_oauthlib", "oauthlib", "googleapiclient", "google", "google_auth_httplib2")


class GoogleDocsConfig(AppConfig):
    """Memories in Google Docs. Google's client is imported on first use, not here: a hub without
    it pays nothing for it."""

    name = "google_docs"
    verbose_name = "Google Docs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from google_docs import checks, openapi  # noqa: F401 - they register themselves

        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)
