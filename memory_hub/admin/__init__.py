"""What the hub itself brings to the admin: its jobs, and the log of what was done."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from memory_hub.admin import jobs  # noqa: F401 - it registers its pages
from memory_hub.admin.base import HubAdmin, ReadOnlyPage, moment


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyPage, HubAdmin):
    """Who did what in the admin; for superusers."""

    list_display = ["at", "user", "content_type", "object_repr", "message"]
    list_select_related = ["user", "content_type"]
    list_filter = ["action_flag"]
    search_fields = ["user__email", "object_repr"]
    search_help_text = _("e-mail address or object")
    ordering = ["-pk"]
    sortable_by = ()
    fields = ["action_time", "user", "content_type", "object_id", "object_repr", "message"]

    @admin.display(description=_("at (UTC)"))
    def at(self, entry: LogEntry) -> SafeString | str:
        return moment(entry.action_time)

    @admin.display(description=_("what was done"))
    def message(self, entry: LogEntry) -> str:
        return gettext(entry.get_change_message())

    def has_view_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return request.user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser
