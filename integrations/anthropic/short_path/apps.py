from django.apps import AppConfig

from memory_hub.core.features import Features


class ShortPathConfig(AppConfig):
    name = "integrations.anthropic.short_path"
    label = "memory_tool"
    verbose_name = "Claude's memory tool, by its short path"
    features = Features(prefix="/memory-tool", view="integrations.anthropic.views.answer", order=39)
