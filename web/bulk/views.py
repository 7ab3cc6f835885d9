"""What is done with a selection of a list: moved, tagged, filed, deleted, and undone."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput
from superthread import limits
from superthread.paths import last_of
from superthread.reads.representation import Row
from web.accounts.visitors import person
from web.bulk import doing
from web.bulk.doing import MOST, Done
from web.deeds import ask_first
from web.pages import signed_in

# Characters of a title that a name in a folder has.
NAME = 120


@signed_in("GET", "POST")
def bulk(request: HttpRequest) -> HttpResponse:
    """Memories that were selected (``id``), and what is to be done with them (``do``); without a
    deed, the page that offers some. A script sends many in parts: it gets each part's outcome as
    JSON, and sends them all as ``before`` with the last."""
    if request.method != "POST":
        return redirect("memories")
    by, chosen = person(request), list(dict.fromkeys(request.POST.getlist("id")))
    if len(chosen) > MOST:
        raise BadInput.at("/id", "too-many", f"At most {MOST} at a time.")
    what = request.POST.get("do", "")
    if what == "undo":
        undone = doing.again(_parsed(request, "undo", list), by=by)
        return _told(request, Done(undone.count, undone.refused), undone=True)
    if what not in _DEEDS or not chosen:
        return _offered(request, chosen, by)
    if asked := _asked(request, what, len(chosen)):
        return asked
    done = _DEEDS[what](request, chosen, by)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(asdict(done))
    return _told(request, Done.of(_parsed(request, "before", dict)).and_then(done))


def _offered(request: HttpRequest, chosen: list[str], by: Principal) -> HttpResponse:
    teams = sorted(one.team_key for one in by.teams if one.accepted)
    return render(request, "web/bulk/selected.html", {"chosen": chosen, "teams": teams})


def _told(request: HttpRequest, done: Done, *, undone: bool = False) -> HttpResponse:
    told = {"done": done, "undo": json.dumps(done.undo), "undone": undone}
    return render(request, "web/bulk/done.html", told)


def _parsed(request: HttpRequest, name: str, kind: type) -> Any:
    """What a field holds as JSON; empty where it holds something else."""
    try:
        found = json.loads(request.POST.get(name) or "null")
    except ValueError:
        found = None
    return found if isinstance(found, kind) else kind()


def _asked(request: HttpRequest, what: str, count: int) -> HttpResponse | None:
    if what == "move" and request.POST.get("place") == "public":
        question = gettext(
            "Everybody who uses this hub will be able to read them. Make %(count)d memories public?"
        )
        return ask_first(request, question % {"count": count}, gettext("Make them public"))
    return None


def _move(request: HttpRequest, chosen: list[str], by: Principal) -> Done:
    scope, _, team_key = request.POST.get("place", "").partition("/")
    wanted = {"scope": scope, "team_key": team_key} if team_key else {"scope": scope}
    return doing.change(chosen, lambda row: wanted, by=by)


def _file(request: HttpRequest, chosen: list[str], by: Principal) -> Done:
    """Into a folder, each under the name that it has; at the top without one."""
    folder = request.POST.get("folder", "").strip().strip("/")
    return doing.change(
        chosen, lambda row: {"path": f"{folder}/{_name(row)}" if folder else _name(row)}, by=by
    )


def _name(row: Row) -> str:
    """The last segment of its path; of what has none its title, which names it for people."""
    if row["path"] is not None:
        return last_of(row["path"])
    return row["title"].replace("/", "-").strip(" .")[:NAME] or str(row["doc_id"])


def _put_in_category(request: HttpRequest, chosen: list[str], by: Principal) -> Done:
    category = request.POST.get("category", "").strip()
    return doing.change(chosen, lambda row: {"category": category}, by=by)


def _tag(request: HttpRequest, chosen: list[str], by: Principal) -> Done:
    new = _tags_of(request)
    return _retag(chosen, lambda tags: [*tags, *(one for one in new if one not in tags)], by)


def _untag(request: HttpRequest, chosen: list[str], by: Principal) -> Done:
    old = _tags_of(request)
    return _retag(chosen, lambda tags: [one for one in tags if one not in old], by)


def _retag(chosen: list[str], tagged: Callable[[list], list], by: Principal) -> Done:
    def planned(row: Row) -> dict[str, Any]:
        told = row["metadata"].get(doing.TAGS)
        tags = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        # None takes the member away: without tags there is no list of them.
        return {doing.TAGS: tagged(tags) or None}

    return doing.change(chosen, planned, by=by)


def _tags_of(request: HttpRequest) -> list[str]:
    """Those that are typed, with commas between them. Raises BadInput."""
    texts = (one.strip().removeprefix("#") for one in request.POST.get("tags", "").split(","))
    tags = list(dict.fromkeys(filter(None, texts)))
    if not tags:
        raise BadInput.at("/tags", "empty", "Name at least one.")
    if any(len(one) > limits.CATEGORY_LENGTH for one in tags):
        detail = f"This may have at most {limits.CATEGORY_LENGTH} characters."
        raise BadInput.at("/tags", "too-long", detail)
    return tags


def _delete(request: HttpRequest, chosen: list[str], by: Principal) -> Done:
    return doing.delete(chosen, by=by)


_DEEDS = {
    "move": _move,
    "file": _file,
    "category": _put_in_category,
    "tag": _tag,
    "untag": _untag,
    "delete": _delete,
}
