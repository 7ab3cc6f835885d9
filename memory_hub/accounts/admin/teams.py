"""Teams and their members."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from memory_hub.accounts.models import Membership, Team
from memory_hub.accounts.principal import operator
from memory_hub.accounts.serializers import normal_team_key
from memory_hub.accounts.services import operators
from memory_hub.admin.base import HubAdmin, Labelled

LABELS = {"admin": "warning", "editor": "info", "member": "", "viewer": ""}


class TeamForm(ModelForm):
    class Meta:
        model = Team
        fields = ["key", "name", "default_role"]

    def clean_key(self) -> str:
        """By the rule of the API, so that every team made here can be named there."""
        try:
            return normal_team_key(self.cleaned_data["key"])
        except ValueError as error:
            raise ValidationError(str(error)) from error


class MembersInline(TabularInline):
    model = Membership
    fields = ["email", "role"]
    extra = 0
    per_page = 50
    verbose_name, verbose_name_plural = _("member"), _("members")
    hide_title = True


@admin.register(Team)
class TeamAdmin(HubAdmin):
    form = TeamForm
    list_display = ["key", "name", "role_of_members", "member_count"]
    list_filter = ["default_role"]
    search_fields = ["key", "name"]
    search_help_text = _("part of the key or the name")
    ordering = ["key"]
    sortable_by = ["key"]
    readonly_fields = ["created_at"]
    fields = ["key", "name", "default_role", "created_at"]
    inlines = [MembersInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        members = Membership.objects.filter(team=OuterRef("pk")).order_by().values("team")
        counted = Subquery(members.annotate(n=Count("pk")).values("n"))
        return super().get_queryset(request).annotate(members=Coalesce(counted, 0))

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> list[str]:
        """The key is what clients write: it stays."""
        return ["key", "created_at"] if obj else ["created_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not operators.is_held(obj))

    @display(description=_("plain members are"), label=LABELS)
    def role_of_members(self, team: Team) -> Labelled:
        return Labelled(team.default_role, gettext(team.default_role))

    @admin.display(description=_("members"))
    def member_count(self, team: Any) -> int:
        return team.members

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        operators.store_team(obj, by=operator(request))

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        operators.delete_team(obj, by=operator(request))

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool
    ) -> None:
        memberships = formset.save(commit=False)
        by = operator(request)
        for membership in formset.deleted_objects:
            operators.remove_membership(membership, by=by)
        for membership in memberships:
            operators.store_membership(membership, by=by)


@admin.register(Membership)
class MembershipAdmin(HubAdmin):
    list_display = ["email", "team", "role_label"]
    list_select_related = ["team"]
    list_filter = ["role"]
    search_fields = ["email", "team__key"]
    search_help_text = _("part of the e-mail address or the team's key")
    ordering = ["-pk"]
    sortable_by = ()
    raw_id_fields = ["team"]
    fields = ["team", "email", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """Another person or another team is another membership."""
        return ["team", "email"] if obj else []

    @display(description=_("role"), label=LABELS)
    def role_label(self, membership: Membership) -> Labelled:
        return Labelled(membership.role, gettext(membership.role))

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        operators.store_membership(obj, by=operator(request))

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        operators.remove_membership(obj, by=operator(request))
