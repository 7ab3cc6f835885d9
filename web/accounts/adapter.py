"""What django-allauth asks the hub: what is written goes through services, mail through a task."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from memory_hub.accounts.models import User
from memory_hub.accounts.services import operators
from web.accounts import confirming, mail
from web.accounts.visitors import person

BACKEND = "django.contrib.auth.backends.ModelBackend"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations alone, those that people ask for themselves as well."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """The pages are pages: only the script of passkeys asks for something else."""
        return request.method == "GET" and request.path == reverse("mfa_login_webauthn")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who has neither a password nor a second factor signs on again."""
        return super().get_reauthentication_methods(user) or confirming.methods()

    def is_reauthentication_required(self, *, app: str, **told: Any) -> bool:
        required = super().is_reauthentication_required(app=app, **told)
        return required and not confirming.is_confirmed(self.request)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether one may be sent on to it after logging in: nowhere but to the hub."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """What the hub's own proxies say; behind a Unix socket there may be none."""
        return request.META.get("REMOTE_ADDR") or "::"

    def login(self, request: HttpRequest, user: User) -> None:
        login(request, user, backend=BACKEND)

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        operators.store_password(user, by=person(self.request, user))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing where the hub has no way to send mail."""
        if not settings.HUB_SENDS_MAIL:
            return
        words = {**context, "address": email, "hub": settings.HUB_PUBLIC_URL}
        message = self.render_mail(template_prefix, email, words)
        mail.deliver.enqueue(email, message.subject, message.body)
