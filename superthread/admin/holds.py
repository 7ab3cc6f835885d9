"""Legal holds: placed and lifted through the service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, link_to, moment
from superthread.models import Hold
from superthread.services import holds


class HoldForm(forms.ModelForm):
    class Meta:
        model = Hold
        fields = ("memory", "team", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("memory")) == bool(cleaned.get("team")):
            raise ValidationError(_("Choose a memory or a team."))
        return cleaned


@admin.register(Hold)
class HoldAdmin(HubAdmin):
    form = HoldForm
    list_display = ["on", "reason", "placed_by", "at"]
    search_fields = ["reason", "memory__doc_id", "team__key"]
    search_help_text = _("reason, doc_id or team's key")
    ordering = ["-pk"]
    sortable_by = ()
    raw_id_fields = ["memory", "team"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        found = super().get_queryset(request).select_related("memory", "team", "placed_by")
        return found.defer("memory__content", "memory__metadata")

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        """Another reason is another hold."""
        return False

    @admin.display(description=_("on"))
    def on(self, hold: Hold) -> SafeString | str:
        if hold.team:
            return link_to(hold.team, _("team %(key)s") % {"key": hold.team.key})
        return link_to(hold.memory, _("memory %(doc_id)s") % {"doc_id": hold.memory.doc_id})

    @admin.display(description=_("since (UTC)"))
    def at(self, hold: Hold) -> SafeString | str:
        return moment(hold.placed_at)

    def save_model(self, request: HttpRequest, obj: Hold, form: Any, change: bool) -> None:
        """Through the service; the log needs the key of what it wrote."""
        on = {"doc_id": str(obj.memory.doc_id)} if obj.memory else {"team_key": obj.team.key}
        obj.pk = holds.place(**on, reason=obj.reason, by=operator(request)).pk

    def delete_model(self, request: HttpRequest, obj: Hold) -> None:
        holds.lift(obj.pk, by=operator(request))
