"""Users: made, changed and shut out here; deleted only while nothing is theirs."""

from copy import copy
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.forms import UserChangeForm, UserCreationForm

from memory_hub.accounts import operators
from memory_hub.accounts.admin.passwords import NewPasswordForm
from memory_hub.accounts.models import User
from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, moment

# What makes a user more than an ordinary one: only superusers give it.
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


class ChangedUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin, HubAdmin):
    form = ChangedUserForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ["email", "is_active", "is_staff", "is_superuser", "seen", "since"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email"]
    search_help_text = "part of the e-mail address"
    ordering = ["email"]
    sortable_by = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ["groups", "user_permissions"]
    actions = ["activate", "deactivate"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("May", {"fields": ["is_active", *POWERS]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "usable_password", "password1", "password2"],
                "description": "Without a password the user works with tokens only.",
            },
        )
    ]

    def audit_name(self, user: User) -> str:
        return user.email

    @admin.display(description="last login (UTC)")
    def seen(self, user: User) -> SafeString | str:
        return moment(user.last_login)

    @admin.display(description="since (UTC)")
    def since(self, user: User) -> SafeString | str:
        return moment(user.date_joined)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """The address is what grants and memberships name: another one is another account."""
        fields = [*super().get_readonly_fields(request, obj), *(["email"] if obj else [])]
        return fields if request.user.is_superuser else [*fields, *POWERS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff without all powers change ordinary users and themselves: whoever may set the
        password of another member of staff has that person's powers."""
        allowed = super().has_change_permission(request, obj)
        if request.user.is_superuser or obj is None or obj.pk == request.user.pk:
            return allowed
        return allowed and not (obj.is_staff or obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only who left no trace: nothing kept, and nothing in the log, which would go as well."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        if obj.is_superuser or obj.pk == request.user.pk or operators.is_held(obj):
            return False
        return not LogEntry.objects.filter(user_id=obj.pk).exists()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """The user's tokens go as well, though nobody may delete tokens by themselves."""
        shown, counts, _, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        page = copy(self)  # of this request, as its form is
        page.change_password_form = partial(self.change_password_form, by=operator(request))
        return super(UserAdmin, page).user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        operators.store_user(obj, by=operator(request), changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        operators.delete_user(obj, by=operator(request))

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, selection: QuerySet[User]) -> None:
        self._set_active(request, selection, active=True)

    @admin.action(description="Deactivate: sign out and refuse all tokens", permissions=["change"])
    def deactivate(self, request: HttpRequest, selection: QuerySet[User]) -> None:
        self._set_active(request, selection, active=False)

    def _set_active(self, request: HttpRequest, selection: QuerySet[User], *, active: bool) -> None:
        chosen = self.chosen(request, selection)
        users = [
            user
            for user in chosen
            if user.is_active != active
            and user.pk != request.user.pk
            and self.has_change_permission(request, user)
        ]
        done = operators.set_active(users, active=active, by=operator(request))
        word = "Activated" if active else "Deactivated"
        self.audit(request, users, f"{word}.")
        left = len(chosen) - done
        rest = f"; {left} left as they were" if left else ""
        self.message_user(request, f"{word} {done} users{rest}.")
