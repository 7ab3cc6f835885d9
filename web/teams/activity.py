"""What happened in a team: to its places and to its memories, for those who lead it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from superthread.feed import audit
from web.accounts.activity import rows_of
from web.accounts.visitors import person
from web.pages import signed_in

PAGE = 50


@signed_in("GET")
def activity(request: HttpRequest, team_key: str) -> HttpResponse:
    """A page of it, newest first; the next one by its cursor."""
    by, cursor = person(request), request.GET.get("cursor") or None
    wanted = audit.AuditFilter(team_key=team_key, only="changes")
    acts, following = audit.page(wanted, by=by, limit=PAGE, cursor=cursor)
    page = {
        "team_key": team_key,
        "rows": rows_of(acts, by),
        "cursor": cursor,
        "next_cursor": following,
    }
    return render(request, "web/teams/activity.html", page)
