"""By what memories are filtered in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import TextFilter

from memory_hub.accounts.models import normal_email
from superthread import policies
from superthread.models import Memory

# What states are called.
WORDS = {"alive": _("alive"), "expired": _("expired"), "trash": _("in the trash")}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Memory]) -> QuerySet[Memory]:
        conditions = {
            "alive": policies.alive(),
            "expired": Q(deleted_at=None, expires_at__lte=timezone.now()),
            "trash": Q(deleted_at__isnull=False),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


class ExactFilter(TextFilter):
    """A field to type the whole value into: a list of all owners or categories could be endless."""

    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Memory]) -> QuerySet[Memory]:
        # PostgreSQL takes no NUL, wherever it stands.
        value = (self.value() or "").replace("\x00", "").strip()
        return queryset.filter(**{self.column: self.normal(value)}) if value else queryset

    def normal(self, value: str) -> str:
        return value


class OwnerFilter(ExactFilter):
    title, parameter_name, column = _("owner's e-mail address"), "owner", "owner__email"

    def normal(self, value: str) -> str:
        return normal_email(value)


class TeamFilter(ExactFilter):
    title, parameter_name, column = _("team's key"), "team", "team__key"


class CategoryFilter(ExactFilter):
    title, parameter_name, column = _("category"), "category", "category"


class FoundFilter(admin.SimpleListFilter):
    """Memories that others read and in which the scan found something."""

    title = _("holds a secret")
    parameter_name = "found"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("perhaps"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Memory]) -> QuerySet[Memory]:
        return queryset.filter(finding__isnull=False) if self.value() == "yes" else queryset
