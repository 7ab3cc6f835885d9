from django.apps import AppConfig

from memory_hub.core.features import Features


class McpConfig(AppConfig):
    name = "integrations.mcp"
    label = "mcp"
    verbose_name = "AI clients"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        prefix="/mcp",
        view="integrations.mcp.endpoint.answer",
        is_resource=True,
        answers_when_full=True,
        points={"": 1},
        order=36,
    )
