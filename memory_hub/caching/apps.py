from django.apps import AppConfig

from memory_hub.core.features import Features


class CachingConfig(AppConfig):
    """The caches as an app: the one row that hosts tell each other news by when Redis is away."""

    name = "memory_hub.caching"
    label = "caching"
    features = Features(
        jobs=("memory_hub.caching.jobs.CACHES", "memory_hub.caching.jobs.NEWS"),
    )
