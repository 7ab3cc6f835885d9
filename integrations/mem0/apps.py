from django.apps import AppConfig

from memory_hub.core.features import Features
from memory_hub.rate_limits.prices import SEARCH


class Mem0Config(AppConfig):
    name = "integrations.mem0"
    label = "mem0"
    verbose_name = "mem0 clients"
    features = Features(
        prefix="/mem0",
        urls="integrations.mem0.urls",
        urls_when_asked=True,
        plain_errors=True,
        points={
            "/v3/memories/search": SEARCH,
            "/v2/memories/search": SEARCH,
            "/v1/memories/search": SEARCH,
            "/v3/memories": 1,
            "/v2/memories": 1,
            # All that the caller may read is counted.
            "/v1/entities": SEARCH,
        },
        order=37,
    )
