"""What somebody takes along, and what becomes of the rest when they delete their account."""

from contextlib import suppress
from typing import Any

import orjson
from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django_tasks import task

from memory_hub.accounts.models import Block, Token, User
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.accounts.restricted import team_keys
from memory_hub.accounts.serializers import represent_token
from memory_hub.accounts.services import closing
from memory_hub.core.errors import HubError, NotFound
from memory_hub.core.identity import Origin
from memory_hub.core.text import rfc3339
from superthread import policies
from superthread.models import Memory, Scope
from superthread.services.holds import OnHold
from superthread.services.lifecycle import purge, trash
from superthread.transfer import parts
from superthread.transfer.exporting import ExportOptions
from web.accounts.visitors import DOOR, person
from web.files import attachment

Places = dict[str, int]


def _owned(user: User) -> QuerySet[Memory]:
    return Memory.objects.filter(owner=user)


def _counts(user: User) -> Places:
    """How many memories the user owns at each kind of place, the trash included."""
    found = _owned(user).order_by().values_list("scope").annotate(Count("pk"))
    return {Scope(scope).label: count for scope, count in found}


def _taken_along(by: Principal) -> Q:
    """What somebody owns now: of a team's, while they are in the team."""
    joined = policies.places_of(by).values("team")
    return Q(owner_id=by.user_id) & (~Q(scope=Scope.TEAM) | Q(team__in=joined))


@never_cache
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The parts in which one's own is to be had."""
    numbers = range(1, len(_parts(person(request))) + 1)
    return render(request, "web/export.html", {"parts": numbers})


@never_cache
@login_required
def export_part(request: HttpRequest, number: str) -> HttpResponse:
    """Part 0 is the account; the others are memories with their versions and grants, as JSON Lines
    that import again."""
    if number == "0":
        told = orjson.dumps(_account(request.user), option=orjson.OPT_INDENT_2)
        return attachment(told, "account.json")
    by = person(request)
    chosen, found = _taken_along(by), _parts(by)
    if int(number) > len(found):
        raise Http404
    wanted = ExportOptions(sources=True, history=True, grants=True)
    body = parts.written(chosen, found[int(number) - 1], wanted, by=by)
    return attachment(body, f"memories-{number}.jsonl")


def _parts(by: Principal) -> list[parts.FilePart]:
    return parts.parts(_taken_along(by), history=True)


def _account(user: User) -> dict[str, Any]:
    by = principal_of(user, "session")
    tokens = list(Token.objects.filter(user=user))
    keys = team_keys(tokens)
    return {
        "email": user.email,
        "proven": user.is_proven,
        "joined_at": rfc3339(user.date_joined),
        "teams": [
            {"team_key": one.team_key, "role": one.role, "accepted": one.accepted}
            for one in by.teams
        ],
        "tokens": [represent_token(token, keys) for token in tokens],
        "blocks": list(Block.objects.filter(user=user).values_list("email", flat=True)),
    }


@never_cache
@login_required
@reauthentication_required
def delete(request: HttpRequest) -> HttpResponse:
    """Says what there is and what becomes of it, and asks; a POST begins the deletion."""
    user, problem = request.user, ""
    if request.method == "POST" and request.POST.get("email", "").strip() == user.email:
        public = request.POST.get("public") == "keep"
        try:
            closing.shut(user, by=person(request))
        except HubError as error:
            problem = str(error)
        else:
            remove.enqueue(user.pk, public)
            logout(request)
            return render(request, "web/deleted.html")
    elif request.method == "POST":
        problem = gettext("Type your address to confirm.")
    page = {
        "counts": _counts(user),
        "teams": closing.obstacles(user),
        "last": closing.is_last_superuser(user),
        "problem": problem,
    }
    return render(request, "web/delete.html", page)


@task(max_attempts=20)
def remove(user_id: int, keep_public: bool) -> None:
    """Deletes what a user who has left owns alone, then the account. Memories of teams stay with
    their teams; public ones do where that was wished. Done again, it goes on."""
    user = User.objects.filter(pk=user_id, is_active=False).first()
    if user is None:
        return
    by = principal_of(user, "command", Origin(DOOR))
    kept = [Scope.TEAM, Scope.PUBLIC] if keep_public else [Scope.TEAM]
    going = _owned(user).exclude(scope__in=kept).order_by("pk").values_list("doc_id", flat=True)
    for doc_id in list(going):
        try:
            purge(doc_id=str(doc_id), by=by)
        except OnHold:
            # The end of the trash takes it when the hold is lifted.
            with suppress(NotFound):  # it is there
                trash(doc_id=str(doc_id), by=by)
    closing.close(user, by=by)
