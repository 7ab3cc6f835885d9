from django.apps import AppConfig


class GoogleDocsConfig(AppConfig):
    """Memories in Google Docs. Google's client is imported on first use, not here: a hub without
    it pays nothing for it."""

    name = "google_docs"
    verbose_name = "Google Docs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from google_docs import checks, openapi  # noqa: F401 - they register themselves
