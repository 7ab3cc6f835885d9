"""What was done: by oneself, or to a memory that one administers; in words."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from memory_hub.accounts.models import Token
from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.feed import audit
from web.accounts.activity_words import AFTER, DOORS, words_of
from web.accounts.visitors import person

PAGE = 50
# What details of acts say to people, beside roles: to whom, of which team, why.
_DETAILS = ("email", "team_key", "reason", "route")


@never_cache
@login_required
def activity(request: HttpRequest) -> HttpResponse:
    """A page of the audit, newest first; the next one by its cursor. It refuses what the audit
    refuses: what is hidden from somebody and what is not there are the same."""
    doc_id = request.GET.get("doc_id") or None
    wanted = audit.AuditFilter(doc_id=doc_id, actor=None if doc_id else audit.ME)
    cursor = request.GET.get("cursor") or None
    by = person(request)
    try:
        acts, following = audit.page(wanted, by=by, limit=PAGE, cursor=cursor)
    except HubError as error:
        if error.status == HTTPStatus.FORBIDDEN:
            raise PermissionDenied from error
        raise Http404 from error
    page = {"rows": rows_of(acts, by), "doc_id": doc_id, "cursor": cursor, "next_cursor": following}
    return render(request, "web/activity.html", page)


def rows_of(acts: list[dict[str, Any]], by: Principal) -> list[dict[str, Any]]:
    """Acts as rows of a table, in words."""
    names = _token_names(acts, by.user_id)
    return [_row(act, names) for act in acts]


def _token_names(acts: list[dict[str, Any]], user_id: int) -> dict[int, str]:
    """Of one's own tokens alone: what others call theirs is not told."""
    used = {act["token_id"] for act in acts} - {None}
    return dict(Token.objects.filter(pk__in=used, user=user_id).values_list("pk", "name"))


def _row(act: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    detail = act["detail"]
    said = [str(detail[name]) for name in _DETAILS if detail.get(name)]
    if after := detail.get("after"):
        said.append(str(AFTER.get(str(after), after)))
    place = act["place"] or {}
    return {
        "at": datetime.fromisoformat(act["at"]),
        "actor": act["actor"],
        "what": words_of(act["type"]),
        "count": act["count"],
        "said": ", ".join(said),
        "door": DOORS.get(act["via"], act["via"]),
        "token_id": act["token_id"],
        "token_name": names.get(act["token_id"]),
        "doc_id": act["doc_id"],
        "team_key": place.get("team_key"),
    }
