"""Where one is logged in, and the end of it."""

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from memory_hub.accounts.services.sessions import end, sign_out_elsewhere
from web.accounts.visitors import person


@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Lists them; a POST ends the one it names, or all others with all clients that were let in."""
    mine = UserSession.objects.purge_and_list(request.user)
    if request.method != "POST":
        mine.sort(key=lambda one: one.created_at, reverse=True)
        return render(request, "web/sessions.html", {"sessions": mine})
    named = request.POST.get("session")
    others = [one for one in mine if not one.is_current()]
    if named == "others":
        sign_out_elsewhere(others, by=person(request))
    for one in others:
        if named == str(one.pk):
            end(one, by=person(request))
    return redirect("sessions")
