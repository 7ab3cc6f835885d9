"""Users: made, changed and shut out here; deleted only while nothing is theirs."""

from copy import copy
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import UserChangeForm, UserCreationForm

from memory_hub.accounts.admin.passwords import NewPasswordForm
from memory_hub.accounts.models import User
from memory_hub.accounts.principal import operator
from memory_hub.accounts.reset_links import shown_path
from memory_hub.accounts.services import operators
from memory_hub.accounts.services.proving import prove
from memory_hub.accounts.services.second_factors import remove_all
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
    list_display = ["email", "is_active", "proven", "is_staff", "is_superuser", "seen", "since"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email"]
    search_help_text = _("part of the e-mail address")
    ordering = ["email"]
    sortable_by = ["email"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ["groups", "user_permissions"]
    actions = ["activate", "deactivate"]
    actions_detail = ["reset_link", "remove_factors", "prove_address"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("What they may do"), {"fields": ["is_active", *POWERS]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "usable_password", "password1", "password2"],
                "description": _("Without a password the user works with tokens only."),
            },
        )
    ]

    def audit_name(self, user: User) -> str:
        return user.email

    @admin.display(description=_("address proven"), boolean=True)
    def proven(self, user: User) -> bool:
        return user.is_proven

    @admin.display(description=_("last login (UTC)"))
    def seen(self, user: User) -> SafeString | str:
        return moment(user.last_login)

    @admin.display(description=_("since (UTC)"))
    def since(self, user: User) -> SafeString | str:
        return moment(user.date_joined)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Staff without all powers give nobody a power, nor themselves another address: what waits
        for it would be theirs."""
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        mine = obj is not None and obj.pk == request.user.pk
        return [*fields, *POWERS, *(["email"] if mine else [])]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff without all powers change ordinary users and themselves: whoever may set the
        password of another member of staff has that person's powers."""
        allowed = super().has_change_permission(request, obj)
        if request.user.is_superuser or obj is None or obj.pk == request.user.pk:
            return allowed
        return allowed and not (obj.is_staff or obj.is_superuser)

    def has_reach_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether staff may change the user with this id: for the buttons of their page."""
        user = self.get_object(request, str(object_id)) if object_id else None
        return self.has_change_permission(request, user)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only who left no trace: nothing kept, and nothing in the log, which would go as well."""
        if obj is None or not super().has_delete_permission(request, obj):
            return False
        if obj.is_superuser or obj.pk == request.user.pk or operators.is_held(obj):
            return False
        return not LogEntry.objects.filter(user_id=obj.pk).exists()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """The user's tokens go as well, though nobody may delete tokens by themselves."""
        shown, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        # Of this request, as its form is.
        page = copy(self)
        page.change_password_form = partial(self.change_password_form, by=operator(request))
        return super(UserAdmin, page).user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        session = request.session.session_key
        operators.store_user(obj, by=operator(request), changed=form.changed_data, session=session)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        operators.delete_user(obj, by=operator(request))

    @admin.action(description=_("Activate"), permissions=["change"])
    def activate(self, request: HttpRequest, selection: QuerySet[User]) -> None:
        self._set_active(request, selection, active=True)

    @admin.action(
        description=_("Deactivate: sign out and refuse all tokens"), permissions=["change"]
    )
    def deactivate(self, request: HttpRequest, selection: QuerySet[User]) -> None:
        self._set_active(request, selection, active=False)

    @action(description=_("Link to set a password"), icon="link", permissions=["reach"])
    def reset_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shows a link for the user, on the page that answers alone."""
        user = self._changeable(request, object_id)
        if request.method != "POST":
            return self.confirmed(
                request,
                user,
                question=_("Make a link with which %(user)s sets a new password?") % {"user": user},
                detail=_("It is good once, within three days, for whoever has it."),
                button=_("Make a link"),
                act=str,
            )
        self.audit(request, [user], gettext_noop("Made a link to set the password."))
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": user,
            "title": _("The link"),
            "secret": request.build_absolute_uri(shown_path(user)),
            "back": reverse("admin:accounts_user_change", args=[user.pk]),
        }
        return TemplateResponse(
            request, "admin/hub/reset_link.html", page, headers={"Cache-Control": "no-store"}
        )

    @action(description=_("Remove second factors"), icon="phonelink_erase", permissions=["reach"])
    def remove_factors(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self._changeable(request, object_id)
        return self.confirmed(
            request,
            user,
            question=_("Remove the app, passkeys, recovery codes and single sign-on of %(user)s?")
            % {"user": user},
            detail=_("Then the password alone lets in. For who has lost them."),
            button=_("Remove them"),
            act=lambda: self._remove_factors(request, user),
        )

    def _remove_factors(self, request: HttpRequest, user: User) -> str:
        removed = remove_all(user, by=operator(request))
        self.audit(request, [user], gettext_noop("Removed the second factors."))
        return _("Removed %(removed)s of %(user)s.") % {"removed": removed, "user": user}

    @action(description=_("The address is theirs"), icon="verified", permissions=["reach"])
    def prove_address(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self._changeable(request, object_id)
        return self.confirmed(
            request,
            user,
            question=_("Do you know that %(user)s reads the mail of this address?")
            % {"user": user},
            detail=_("From then on all counts that anybody shares with the address."),
            button=_("Yes"),
            act=lambda: self._prove(request, user),
        )

    def _prove(self, request: HttpRequest, user: User) -> str:
        if not prove(user.pk, by=operator(request)):
            return gettext("The address was proven already.")
        self.audit(request, [user], gettext_noop("Said that the address is theirs."))
        return _("%(user)s is proven.") % {"user": user}

    def _changeable(self, request: HttpRequest, object_id: str) -> User:
        """The user of a page's button. Raises PermissionDenied for whom staff may not change."""
        user = self.one(request, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return user

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
        noted = gettext_noop("Activated.") if active else gettext_noop("Deactivated.")
        self.audit(request, users, noted)
        told = _("Activated %(done)s users.") if active else _("Deactivated %(done)s users.")
        self.message_user(request, told % {"done": done})
        if left := len(chosen) - done:
            self.message_user(request, _("%(count)s are left as they were.") % {"count": left})
