"""The teams that one is in or invited to, and each by itself."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, TeamRole
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.serializers import MemberChange, NewTeam, TeamChange, normal_address
from memory_hub.accounts.services import blocks, invitations
from memory_hub.core.errors import NotFound, hub_error
from web.accounts.visitors import person
from web.deeds import Deed, ask_first, pressed, refused, status_of, understood
from web.pages import signed_in
from web.teams.words import DEFAULT_ROLES, ROLES


@signed_in("GET", "POST")
def teams(request: HttpRequest) -> HttpResponse:
    """One's teams, invitations into others, and a form for a new one."""
    by = person(request)
    problem = None
    if request.method == "POST":
        done = pressed(request, _deeds_of_all(request, by))
        if isinstance(done, HttpResponse):
            return done
        problem = done
    shown = _places(by) | refused(problem) | {"asked": request.POST, "defaults": DEFAULT_ROLES}
    return render(request, "web/teams/teams.html", shown, status=status_of(problem))


def _places(by: Principal) -> dict[str, Any]:
    unwanted = blocks.unwanted_teams(by)
    places = [one for one in by.teams if one.team_id not in unwanted]
    names = dict(Team.objects.filter(pk__in=by.team_ids()).values_list("pk", "name"))
    shown = [
        {"key": one.team_key, "name": names.get(one.team_id), "role": ROLES[one.role], "in": one}
        for one in sorted(places, key=lambda one: one.team_key)
    ]
    return {
        "mine": [one for one in shown if one["in"].accepted],
        "invited": [one for one in shown if not one["in"].accepted],
    }


def _deeds_of_all(request: HttpRequest, by: Principal) -> dict[str, Deed]:
    key = request.POST.get("team_key", "").strip()
    return {
        "make": lambda: _make(request, by),
        "accept": lambda: _accept(key, by),
        "decline": lambda: _decline(key, by),
        "block": lambda: _decline(key, by, block=True),
    }


def _make(request: HttpRequest, by: Principal) -> HttpResponse:
    named = ("team_key", "name", "default_role")
    fields = understood(NewTeam, {one: request.POST.get(one, "").strip() for one in named})
    team = services.create_team(key=fields.pop("team_key"), by=by, **fields)
    messages.success(request, gettext("The team is there, and you are its admin."))
    return redirect("team", team_key=team.key)


def _accept(key: str, by: Principal) -> str:
    services.accept_invitation(key=key, by=by)
    return gettext("You are in the team: its memories are in your lists and searches now.")


def _decline(key: str, by: Principal, *, block: bool = False) -> str:
    invited = Membership.objects.filter(team__key=key, email=by.email, accepted=False).first()
    services.remove_member(key=key, email=by.email, by=by)
    if block and invited is not None and invited.invited_by:
        blocks.block(email=invited.invited_by, by=by)
    return gettext("Declined.")


@signed_in("GET", "POST")
def team(request: HttpRequest, team_key: str) -> HttpResponse:
    """One team: its members, and for its admins what can be changed of it."""
    by = person(request)
    problem = None
    if request.method == "POST":
        done = pressed(request, _deeds(request, team_key, by))
        if isinstance(done, HttpResponse):
            return done
        problem = done
    shown = _team(team_key, by) | refused(problem) | {"asked": request.POST}
    return render(request, "web/teams/team.html", shown, status=status_of(problem))


def _team(team_key: str, by: Principal) -> dict[str, Any]:
    """Raises NotFound for whoever is not in it, nor invited."""
    place = by.team(team_key)
    found = Team.objects.filter(pk=place.team_id).first() if place else None
    if found is None:
        raise NotFound("You are in no such team.")
    return {
        "team": found,
        "place": place,
        "leads": place.role == TeamRole.ADMIN,
        "members": [
            {"email": one.email, "held": one.role, "role": ROLES[one.role]}
            for one in found.memberships.order_by("email")
        ],
        "default": DEFAULT_ROLES[found.default_role],
        "defaults": DEFAULT_ROLES,
        "roles": ROLES,
        "invites": team_key in invitations.teams_to_invite_to(by),
    }


def _deeds(request: HttpRequest, key: str, by: Principal) -> dict[str, Deed]:
    return {
        "change": lambda: _change(request, key, by),
        "put": lambda: _put(request, key, by),
        "remove": lambda: _remove(request, key, by),
        "hand-over": lambda: _hand_over(request, key, by),
        "leave": lambda: _leave(request, key, by),
        "delete": lambda: _delete(request, key, by),
    }


def _change(request: HttpRequest, key: str, by: Principal) -> str:
    services.check_administers(key=key, by=by)
    named = ("name", "default_role")
    fields = understood(TeamChange, {one: request.POST.get(one, "").strip() for one in named})
    services.change_team(key=key, by=by, **fields)
    return gettext("The team was changed.")


def _address(request: HttpRequest, name: str = "email") -> str:
    """The address of a field. Raises BadInput."""
    try:
        return normal_address(request.POST.get(name, "").strip())
    except Exception as error:
        raise hub_error(error) from error


def _put(request: HttpRequest, key: str, by: Principal) -> str:
    """Invites an address, or gives it another role."""
    services.check_administers(key=key, by=by)
    email = _address(request)
    role = understood(MemberChange, {"role": request.POST.get("role", "")})["role"]
    services.set_member(key=key, email=email, role=role, by=by)
    # The same whether the address has an account, and whether it is in the team already.
    return gettext("%(email)s has this role in the team now.") % {"email": email}


def _remove(request: HttpRequest, key: str, by: Principal) -> HttpResponse | str:
    services.check_administers(key=key, by=by)
    email = _address(request)
    question = gettext(
        "%(email)s will see nothing of the team any more. Their memories stay with it. Remove them?"
    )
    if asked := ask_first(request, question % {"email": email}, gettext("Remove")):
        return asked
    services.remove_member(key=key, email=email, by=by)
    if email == by.email:
        return redirect("teams")
    return gettext("%(email)s is not in the team any more.") % {"email": email}


@transaction.atomic
def _hand_over(request: HttpRequest, key: str, by: Principal) -> HttpResponse | str:
    """Makes a member the admin, and oneself a member."""
    services.check_administers(key=key, by=by)
    email = _address(request)
    members = Membership.objects.filter(team__key=key)
    if email == by.email or not members.filter(email=email).exists():
        raise NotFound("The team has no such member.")
    question = gettext("%(email)s will lead the team, and you will be a member. Hand it over?")
    if asked := ask_first(request, question % {"email": email}, gettext("Hand over")):
        return asked
    services.set_member(key=key, email=email, role=TeamRole.ADMIN.value, by=by)
    services.set_member(key=key, email=by.email, role=TeamRole.MEMBER.value, by=by)
    return gettext("%(email)s leads the team now.") % {"email": email}


def _leave(request: HttpRequest, key: str, by: Principal) -> HttpResponse:
    question = gettext(
        "You will see nothing of the team any more; memories of yours in it stay with it. Leave?"
    )
    if asked := ask_first(request, question, gettext("Leave the team")):
        return asked
    services.remove_member(key=key, email=by.email, by=by)
    messages.success(request, gettext("You have left the team."))
    return redirect("teams")


def _delete(request: HttpRequest, key: str, by: Principal) -> HttpResponse:
    services.check_administers(key=key, by=by)
    question = gettext("The team and all places in it end. Delete it?")
    if asked := ask_first(request, question, gettext("Delete the team")):
        return asked
    services.delete_team(key=key, by=by)
    messages.success(request, gettext("The team was deleted."))
    return redirect("teams")
