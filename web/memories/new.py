"""Saving a new memory: once, however often its form is sent."""

from dataclasses import asdict
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError, hub_error
from memory_hub.idempotency.answers import REPLAYED
from memory_hub.idempotency.errors import TwinInFlight
from memory_hub.idempotency.execute import answer_once
from memory_hub.idempotency.key import KeyClaim, claimed
from superthread.models import Scope
from superthread.serializers.memories import NewMemory
from superthread.services import save
from superthread.store_terms import Draft
from web.accounts.visitors import person
from web.memories.described import Described
from web.memories.forms import preview_of, saved, wrong_with
from web.pages import is_part, signed_in, validated

# Of a place in a team: what stands before its key.
TEAM = "team:"


@signed_in("GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """The form, filled in as the query string says; a POST saves it, or shows how it will look."""
    by = person(request)
    given = request.GET if request.method != "POST" else request.POST
    written = Described.posted({"category": "default", **given.dict()})
    place = given.get("place", Scope.PERSONAL.label)
    shown: dict[str, Any] = {
        "form": written,
        "place": place,
        "key": request.POST.get("key") or uuid4().hex,
        "places": [(f"{TEAM}{one.team_key}", one.team_key) for one in by.teams if one.accepted],
    }
    if request.method != "POST":
        return render(request, "web/memories/new.html", shown)
    if request.POST.get("do") == "preview":
        shown |= preview_of(written, _row(written, place, by), by)
        part = "preview" if is_part(request) else "new"
        return render(request, f"web/memories/{part}.html", shown)
    try:
        answer = _saved(_draft(written, place), _claim(shown["key"], written, place, by), by)
    except (HubError, ValidationError) as error:
        refused = hub_error(error)
        shown |= wrong_with(refused)
        return render(request, "web/memories/new.html", shown, status=refused.status)
    if REPLAYED not in answer.headers:
        messages.success(request, gettext("The memory is saved."), extra_tags=saved("new"))
    return answer


def _claim(key: str, written: Described, place: str, by: Principal) -> KeyClaim:
    """That of a form: with another text in it, it asks for another memory."""
    asked = orjson.dumps(["memories/new", key, place, asdict(written)])
    return claimed(by, f"form {sha256(asked).hexdigest()}", asked, None, "")


def _saved(draft: Draft, claim: KeyClaim, by: Principal) -> HttpResponse:
    """The way to the memory, also where the form was sent before. Raises what the service raises,
    and TwinInFlight."""
    prepared = save.prepare([draft], by=by)
    try:
        return answer_once(claim, lambda: redirect("memory", save.store(prepared)["doc_id"]))
    except TwinInFlight as error:
        said = gettext("It is being saved already. Press the button again in a moment.")
        raise TwinInFlight(said) from error


def _placed(place: str) -> dict[str, str]:
    if place.startswith(TEAM):
        return {"scope": Scope.TEAM.label, "team_key": place.removeprefix(TEAM)}
    return {"scope": place}


def _draft(written: Described, place: str) -> Draft:
    """Raises what the API answers with 400."""
    asked = {"content": written.content, "category": written.category, **_placed(place)}
    asked |= {"path": written.path} if written.path else {}
    asked |= {"metadata": found} if (found := written.metadata()) else {}
    return Draft(**validated(NewMemory, asked))


def _row(written: Described, place: str, by: Principal) -> dict[str, Any]:
    """Where it will be, for its links; what is no place of theirs is their own."""
    team = by.team(place.removeprefix(TEAM)) if place.startswith(TEAM) else None
    scope = Scope.TEAM if team else Scope.PUBLIC if place == "public" else Scope.PERSONAL
    where = {"scope": scope, "team_id": team.team_id if team else None, "owner_id": by.user_id}
    return {**where, "path": written.path or None}
