"""The instructions to AI clients in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from integrations.mcp import services
from integrations.mcp.default_words import TEXT
from integrations.mcp.models import Instructions
from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin


@admin.register(Instructions)
class InstructionsAdmin(HubAdmin):
    list_display = ["__str__", "changed_at"]
    readonly_fields = ["changed_at"]
    fields = ["text", "changed_at"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begins with the hub's own words."""
        return {"text": TEXT, **super().get_changeform_initial_data(request)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There are one at most."""
        return super().has_add_permission(request) and not Instructions.objects.exists()

    def save_model(self, request: HttpRequest, obj: Instructions, form: Any, change: bool) -> None:
        obj.pk = services.ONLY
        services.instruct(obj.text, by=operator(request))

    def delete_model(self, request: HttpRequest, obj: Instructions) -> None:
        services.reset(by=operator(request))
