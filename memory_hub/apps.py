from django.apps import AppConfig


class MemoryHubConfig(AppConfig):
    """The project as an app: its commands and system checks."""

    name = "memory_hub"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from memory_hub.caching.invalidation import watch

        connection_created.connect(watch, dispatch_uid="memory_hub.caching")
