from django.apps import AppConfig


class CachingConfig(AppConfig):
    """The caches as an app: the one row that hosts tell each other news by when Redis is away."""

    name = "memory_hub.caching"
    label = "caching"
