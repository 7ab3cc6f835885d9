"""Grants: given, changed and taken through the services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from memory_hub.accounts.models import normal_email
from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, Labelled, link_to
from superthread.models import Grant, GrantRole
from superthread.services import operators

LABELS = {"viewer": "", "editor": "info", "admin": "warning"}


class GrantForm(forms.ModelForm):
    class Meta:
        model = Grant
        fields = ("memory", "email", "role")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        memory, email = cleaned.get("memory"), cleaned.get("email")
        if memory and email and normal_email(email) == memory.owner.email:
            raise ValidationError({"email": _("The owner needs no grant.")})
        if memory and memory.deleted_at is not None:
            raise ValidationError({"memory": _("The memory is in the trash.")})
        return cleaned


@admin.register(Grant)
class GrantAdmin(HubAdmin):
    form = GrantForm
    list_display = ["email", "role_label", "memory_link", "owner"]
    list_filter = ["role"]
    search_fields = ["email"]
    search_help_text = _("the whole e-mail address")
    ordering = ["-pk"]
    sortable_by = ()
    raw_id_fields = ["memory"]
    fields = ["memory", "email", "role"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        found = super().get_queryset(request).select_related("memory__owner")
        return found.defer("memory__content", "memory__metadata")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Grant], search_term: str
    ) -> tuple[QuerySet[Grant], bool]:
        term = normal_email(search_term)
        return (queryset.filter(email=term) if term else queryset), False

    def get_readonly_fields(self, request: HttpRequest, obj: Grant | None = None) -> list[str]:
        """Another address or another memory is another grant."""
        return ["memory_link", "email"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Grant | None = None) -> list[str]:
        return ["memory_link", "email", "role"] if obj else self.fields

    @admin.display(description=_("memory"))
    def memory_link(self, grant: Grant) -> SafeString | str:
        return link_to(grant.memory, grant.memory.title)

    @admin.display(description=_("owner"))
    def owner(self, grant: Grant) -> str:
        return grant.memory.owner.email

    @display(description=_("role"), label=LABELS)
    def role_label(self, grant: Grant) -> Labelled:
        role = GrantRole(grant.role).label
        return Labelled(role, gettext(role))

    def save_model(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        """Through the service; the log needs the key of what it wrote."""
        changes = {obj.email: GrantRole(obj.role).label}
        operators.change_grants(obj.memory_id, changes, by=operator(request))
        obj.pk = Grant.objects.values_list("pk", flat=True).get(
            memory_id=obj.memory_id, email=obj.email
        )

    def delete_model(self, request: HttpRequest, obj: Grant) -> None:
        operators.change_grants(obj.memory_id, {obj.email: None}, by=operator(request))
