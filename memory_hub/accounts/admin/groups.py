"""Permission groups of staff: through the service, for who is in one may another thing with it."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from memory_hub.accounts.principal import operator
from memory_hub.accounts.services import operators
from memory_hub.admin.base import HubAdmin

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, HubAdmin):
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "permissions" in form.changed_data:
            operators.tell_of_powers(form.instance, by=operator(request))

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        operators.delete_group(obj, by=operator(request))
