"""Where one is logged in, and the end of it."""

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache


@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Lists them; a POST ends the one it names, or all others."""
    mine = UserSession.objects.purge_and_list(request.user)
    if request.method != "POST":
        mine.sort(key=lambda one: one.created_at, reverse=True)
        return render(request, "web/sessions.html", {"sessions": mine})
    named = request.POST.get("session")
    for one in mine:
        if not one.is_current() and named in ("others", str(one.pk)):
            one.end()
    return redirect("sessions")
