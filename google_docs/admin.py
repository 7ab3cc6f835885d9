"""What an operator sees: whose account is connected and in which state, never a token."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from google_docs.access import consent
from google_docs.models import Connection, Folder
from memory_hub.accounts.principal import operator
from memory_hub.admin.base import ReadOnlyPage


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    list_display = ["whose", "account", "shown_state", "connected_at"]
    list_select_related = ["user", "team"]
    search_fields = ["account", "user__email", "team__key"]
    fields = [
        "whose", "account", "shown_state", "permission_id", "scopes", "connected_at", "refused_at",
    ]  # fmt: skip
    readonly_fields = fields
    show_full_result_count = False

    @admin.display(description=_("holder"))
    def whose(self, connection: Connection) -> str:
        return connection.holder

    @admin.display(description=_("state"))
    def shown_state(self, connection: Connection) -> str:
        return connection.state

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the person whose account it is can give the consent."""
        return False

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        self._disconnect(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for connection in queryset:
            self._disconnect(request, connection)

    def _disconnect(self, request: HttpRequest, connection: Connection) -> None:
        if not consent.disconnect(connection, by=operator(request)):
            told = _("Google did not confirm the end of %(account)s.")
            messages.warning(request, told % {"account": connection.account})


@admin.register(Folder)
class FolderAdmin(ReadOnlyPage, ModelAdmin):
    """Where the hub has found or made them. Without its row a folder's memories are in no list
    until somebody saves: who wants another folder moves this one to the trash at Google."""

    list_display = ["space", "identity", "folder_id", "snapshots_id"]
    search_fields = ["space", "folder_id"]
    show_full_result_count = False
