from django.apps import AppConfig

from memory_hub.core.features import Features, SideBarItem
from memory_hub.events.order import Stage


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
        subscribers={Stage.RECORD: ("integrations.mcp.recorded.record",)},
        side_bar=(SideBarItem("Hub", "Instructions to AI", "smart_toy", model="mcp.instructions"),),
        points={"": 1},
        order=36,
    )
