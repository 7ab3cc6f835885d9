"""The way to the provider and back."""

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from web.single_sign_on.provider import Adapter


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sends people to the provider, by a page: a form may lead nowhere but to the hub."""
    try:
        answer = OAuth2LoginView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except RequestException:
        return render(request, "web/sign_on_away.html", status=502)
    if answer.status_code != 302:
        return answer
    return render(request, "web/onward.html", {"to": answer.headers["Location"]})


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends people back to."""
    try:
        return OAuth2CallbackView.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
