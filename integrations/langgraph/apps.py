from django.apps import AppConfig

from memory_hub.core.features import Features
from memory_hub.rate_limits.prices import SEARCH


class LangGraphConfig(AppConfig):
    name = "integrations.langgraph"
    label = "langgraph"
    verbose_name = "LangGraph's store"
    features = Features(
        prefix="/langgraph",
        urls="integrations.langgraph.urls",
        points={"/store/items/search": SEARCH, "/store/namespaces": SEARCH},
        order=38,
    )
