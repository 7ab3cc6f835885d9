"""The pages of one's own account, where allauth has none or does too much."""

from typing import Any

from allauth.account.views import LoginView, PasswordResetFromKeyView, PasswordResetView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from memory_hub.accounts.reset_links import LinkUsed
from web.accounts.forms import ResetPasswordKeyForm


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one can do about it."""
    oidc = settings.HUB_OIDC
    page = {"sends_mail": settings.HUB_SENDS_MAIL, "sign_on": oidc and oidc.name}
    return render(request, "web/account.html", page)


class LogIn(LoginView):
    """The one page that takes passwords."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        oidc = settings.HUB_OIDC
        return super().get_context_data(
            signs_up=settings.HUB_SIGNUP.is_public, sign_on=oidc and oidc.name, **context
        )


log_in = LogIn.as_view()


def password_reset(request: HttpRequest) -> HttpResponse:
    """Asks for the address of a forgotten password; says whom to ask where the hub has no mail."""
    if not settings.HUB_SENDS_MAIL:
        return render(request, "web/no_mail.html")
    return PasswordResetView.as_view()(request)


class SetPassword(PasswordResetFromKeyView):
    """Takes the password of one who came by a link."""

    def form_valid(self, form: ResetPasswordKeyForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except LinkUsed:
            return self.render_to_response(self.get_context_data(token_fail=True))


set_password = SetPassword.as_view()
