"""The trash: what is in it, until when, and the way back."""

from datetime import datetime
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from superthread.feed.shown import PART, note_shown
from superthread.reads import trash as reads
from superthread.reads.representation import Row, represent
from superthread.reads.shape import Shape
from web.accounts.visitors import person
from web.bulk import doing
from web.bulk.doing import MOST, Done
from web.deeds import ask_first
from web.pages import signed_in

PAGE = 50
_SHAPE = Shape(frozenset({"doc_id", "title", "scope", "team_key", "path", "role", "owner"}), "none")


@signed_in("GET", "POST")
def trash(request: HttpRequest) -> HttpResponse:
    """What one may take out again, latest deletion first; and the taking out, of many at once."""
    by, done = person(request), None
    if request.method == "POST":
        found = _carried_out(request, by)
        if isinstance(found, HttpResponse):
            return found
        done = found
    cursor = request.GET.get("cursor") or None
    found, following = reads.page(
        by=by, limit=PAGE, cursor=cursor, shape=_SHAPE, show=lambda row: _shown(row, by)
    )
    rows = [_dated(one) for one in orjson.loads(orjson.dumps(found))]
    page = {"rows": rows, "cursor": cursor, "next_cursor": following, "done": done}
    return render(request, "web/bulk/trash.html", page)


def _carried_out(request: HttpRequest, by: Principal) -> HttpResponse | Done:
    """What the button says; where nothing was refused, the way back to the page."""
    chosen = list(dict.fromkeys(request.POST.getlist("id")))[:MOST]
    what = request.POST.get("do")
    if what not in ("restore", "restore-without-path", "purge"):
        raise Http404
    if what == "purge":
        question = gettext(
            "They are gone for good then, with all their versions, for everybody. "
            "Delete %(count)d memories?"
        ) % {"count": len(chosen)}
        if asked := ask_first(request, question, gettext("Delete for good")):
            return asked
        done, said = doing.purge(chosen, by=by), gettext("%(count)d deleted for good.")
    else:
        without_path = what == "restore-without-path"
        done = doing.bring_back(chosen, by=by, without_path=without_path)
        said = gettext("%(count)d restored.")
    if done.count:
        messages.success(request, said % {"count": done.count})
    return done if done.refused else redirect(request.get_full_path())


def _shown(row: Row, by: Principal) -> dict[str, Any]:
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    return _SHAPE.of(represent(row, by)) | reads.facts(row)


def _dated(memory: dict[str, Any]) -> dict[str, Any]:
    moments = {name: datetime.fromisoformat(memory[name]) for name in ("deleted_at", "purge_at")}
    return memory | moments
