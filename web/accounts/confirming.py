"""How those confirm that it is them who have nothing but a single sign-on: they sign on again."""

import time
from typing import Any

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    resume_request,
)
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from memory_hub.conf.single_sign_on import PROVIDER_ID

METHOD = "sign_on"


def methods() -> list[dict[str, Any]]:
    """As django-allauth takes them: the page below."""
    return [{"id": METHOD, "url": reverse("confirm_by_sign_on")}]


@never_cache
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Leads to the provider; whoever is connected with none is told how to get a password."""
    oidc = settings.HUB_OIDC
    connected = SocialAccount.objects.filter(user=request.user, provider=PROVIDER_ID)
    page = {"sign_on": oidc.name if oidc and connected.exists() else None}
    return render(request, "web/confirm.html", page)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether whoever is logged in has signed on again just now."""
    records = get_authentication_records(request, request.user)
    times = [record["at"] for record in records if record["method"] == METHOD]
    return bool(times) and time.time() - times[-1] < REAUTHENTICATION_TIMEOUT


def take(request: HttpRequest, sociallogin: Any) -> None:
    """Notes that whoever is logged in has signed on again, as themselves. Raises
    ImmediateHttpResponse where it was somebody else, the provider did not ask, or there is a
    password or a second factor to confirm with; and where something has waited for it."""
    mine = sociallogin.is_existing and sociallogin.user == request.user
    if (
        not mine
        or get_reauthentication_flows(request.user)
        or not _is_fresh(sociallogin.account.extra_data)
    ):
        raise ImmediateHttpResponse(render(request, "web/not_confirmed.html", status=403))
    record_authentication(request, request.user, METHOD)
    waiting = resume_request(request)
    if waiting:
        raise ImmediateHttpResponse(waiting)


def _is_fresh(data: dict[str, Any]) -> bool:
    """Where the provider says when it asked (``auth_time``), that is not long ago."""
    asked_at = data.get("id_token", {}).get("auth_time")
    if asked_at is None:
        return True
    known = isinstance(asked_at, int | float)
    return known and time.time() - asked_at < REAUTHENTICATION_TIMEOUT
