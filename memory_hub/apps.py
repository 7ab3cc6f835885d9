from django.apps import AppConfig


class MemoryHubConfig(AppConfig):
    """The project as an app: its commands and system checks."""

    name = "memory_hub"
