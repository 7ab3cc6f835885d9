"""What people find at the root of the hub."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache


@never_cache
def welcome(request: HttpRequest) -> HttpResponse:
    """Their memories; to those who are not logged in, what this is and where to log in."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("memories"))
    page = {"signs_up": settings.HUB_SIGNUP.is_public, "tells_of_api": settings.HUB_DOCS}
    return render(request, "web/welcome.html", page)
