from django.apps import AppConfig

from memory_hub.core.features import Features


class AnthropicConfig(AppConfig):
    name = "integrations.anthropic"
    label = "anthropic"
    verbose_name = "Claude's memory tool"
    features = Features(
        prefix="/anthropic",
        urls="integrations.anthropic.urls",
        tag="Claude's memory tool",
        order=39,
    )
