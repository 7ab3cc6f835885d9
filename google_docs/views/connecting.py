"""The page on which a person connects a Google account, and where Google sends them back to."""

import time
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from google_docs.access import consent
from google_docs.access.consent import ConsentFailed, Granted, Pending
from google_docs.client import refusal_texts
from google_docs.errors import CONNECT_PAGE
from google_docs.models import Connection
from google_docs.scopes import DOCS_WRITE
from memory_hub.accounts.authentication import principal_of_token
from memory_hub.accounts.models import TeamRole, Token
from memory_hub.accounts.principal import Principal, TeamPlace, origin_of, principal_of
from memory_hub.accounts.secrets import OWN, is_well_formed
from memory_hub.core.errors import (
    HubError,
    MissingScope,
    NotAuthenticated,
    NotFound,
    TokenRestricted,
    problem,
)
from memory_hub.core.links import path_to

PENDING, PERSON = "google_docs_consents", "google_docs_person"
# What changes that come in by these pages say of their origin.
DOOR = "google"
DECISION = "google_docs_decision"
MAX_PENDING = 5  # consents that one session waits for
# How long a pasted token stands for its person.
PERSON_SECONDS = 900


def telling_problems(view: Any) -> Any:
    """What goes wrong is told as a problem, or on the page for a person who can go on there."""

    @wraps(view)
    def told(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (ConsentFailed, NotAuthenticated, MissingScope, TokenRestricted) as error:
            messages.error(request, str(error))
            return redirect(path_to(CONNECT_PAGE))
        except HubError as error:
            return problem(error)

    return told


def _person(request: HttpRequest) -> Principal | None:
    """Who is at the browser: logged in, or with a token of this hub pasted a moment ago."""
    if request.user.is_authenticated:
        return principal_of(request.user, "session", origin_of(request, DOOR))
    kept = request.session.get(PERSON)
    if not kept or time.time() - kept["at"] > PERSON_SECONDS:
        return None
    # The token still has to hold: who revokes it revokes this too.
    live = Token.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    token = live.filter(pk=kept["token_id"], user__is_active=True).select_related("user").first()
    if token is None:
        return None
    return principal_of(token.user, "session", origin_of(request, DOOR))


@never_cache
@require_http_methods(["GET", "POST"])
@telling_problems
def connect(request: HttpRequest) -> HttpResponse:
    """The state of the caller's connections; POST connects or disconnects one."""
    consent.oauth_config()
    if request.method == "POST" and request.POST.get("action") == "identify":
        return _identify(request)
    person = _person(request)
    if request.method == "GET" or person is None:
        return render(request, "google_docs/connect.html", _context(request, person))
    team_id = _team(person, request.POST.get("team", ""))
    if request.POST.get("action") == "disconnect":
        return _disconnect(request, person, team_id)
    if request.POST.get("action") in {"replace", "keep"}:
        return _decide(request, person)
    url, pending = consent.begin(person.user_id, team_id)
    # By their states: a second tab does not burn the first one's consent.
    others = list(_pending(request).items())[1 - MAX_PENDING :]
    request.session[PENDING] = dict([*others, (pending.state, asdict(pending))])
    return HttpResponseRedirect(url)


def _pending(request: HttpRequest) -> dict[str, dict[str, Any]]:
    kept = request.session.get(PENDING, {})
    return kept if isinstance(kept, dict) else {}


def _decide(request: HttpRequest, person: Principal) -> HttpResponse:
    """Whether another Google account takes the place of the one before."""
    kept = request.session.pop(DECISION, None)
    request.session.save()
    granted = Granted(**kept["granted"]) if kept else None
    if granted is None or granted.user_id != person.user_id:
        raise ConsentFailed(_("There is nothing to decide any more; start again."))
    if time.time() - kept["at"] > consent.STATE_SECONDS:
        consent.give_up(granted)
        raise ConsentFailed(_("The request for consent is too old; start again."))
    _require_admin(person, granted.team_id)
    if request.POST["action"] == "keep":
        consent.give_up(granted)
        messages.info(request, _("%(account)s was not connected.") % {"account": granted.account})
    else:
        messages.success(request, _said_of(consent.keep(granted, by=person).account))
    return redirect(path_to(CONNECT_PAGE))


def _require_admin(person: Principal, team_id: int | None) -> None:
    """Not an admin any more: their account must not take the place of the team's."""
    if team_id and team_id not in [place.team_id for place in _administered(person)]:
        raise NotFound("There is no such team for you to connect.")


def _identify(request: HttpRequest) -> HttpResponse:
    """Take a token of this hub for its person, in this session and for some minutes."""
    secret = request.POST.get("token", "").strip()
    # Not one of a client that was let in: what it may do is for data, not for the account.
    if not is_well_formed(secret, (OWN,)):
        raise NotAuthenticated(_("This is not a token that you have made in this hub."))
    person = principal_of_token(secret, origin_of(request, DOOR), request.path_info)
    if not person.may(DOCS_WRITE):
        raise MissingScope(
            _("This needs a token with the scope %(scope)s.") % {"scope": DOCS_WRITE}
        )
    if person.is_restricted:
        raise TokenRestricted(_("An account is connected for all of a user, not for a part of it."))
    request.session.cycle_key()
    request.session[PERSON] = {"token_id": person.token_id, "at": time.time()}
    return redirect(path_to(CONNECT_PAGE))


def _team(person: Principal, team_key: str) -> int | None:
    """The team that is connected; for its admins only."""
    if not team_key:
        return None
    place = person.team(team_key)
    if place not in _administered(person):
        raise NotFound("There is no such team for you to connect.")
    return place.team_id


def _administered(person: Principal) -> list[TeamPlace]:
    return [place for place in person.teams if place.role == TeamRole.ADMIN]


def _connection(person: Principal, team_id: int | None) -> Connection | None:
    holder = {"team_id": team_id} if team_id else {"user_id": person.user_id}
    return Connection.objects.filter(**holder).first()


def _said_of(account: str) -> str:
    return _("%(account)s is connected.") % {"account": account}


def _context(request: HttpRequest, person: Principal | None) -> dict[str, Any]:
    if person is None:
        return {"person": None, "here": path_to(CONNECT_PAGE)}
    administered = _administered(person)
    rows = [("", _("yourself"), _connection(person, None))]
    rows += [
        (p.team_key, _("team %(key)s") % {"key": p.team_key}, _connection(person, p.team_id))
        for p in administered
    ]
    kept = request.session.get(DECISION)
    chosen = Granted(**kept["granted"]) if kept else None
    before = chosen.other_account() if chosen and chosen.user_id == person.user_id else None
    shown = [(*row, consent.folder_words(row[2])) for row in rows]
    return {"person": person, "rows": shown, "chosen": chosen, "before": before}


def _disconnect(request: HttpRequest, person: Principal, team_id: int | None) -> HttpResponse:
    connection = _connection(person, team_id)
    if connection is None:
        messages.info(request, _("There was no connection."))
    elif consent.disconnect(connection, by=person):
        messages.success(request, _("Disconnected; Google no longer accepts the consent."))
    else:
        messages.warning(
            request,
            _("Disconnected here, but Google did not answer: remove the app's access at %(page)s.")
            % {"page": "https://myaccount.google.com/permissions"},
        )
    return redirect(path_to(CONNECT_PAGE))


@never_cache
@require_GET
@telling_problems
def callback(request: HttpRequest) -> HttpResponse:
    """Where Google sends the browser back to, with a code or with a refusal."""
    consent.oauth_config()
    # Taken out of the session and saved before anything else: a state is used once.
    state = request.GET.get("state", "")
    waiting = _pending(request)
    kept = waiting.pop(state, None)
    request.session[PENDING] = waiting
    request.session.save()
    person = _person(request)
    if person is None or not (kept or waiting):
        raise ConsentFailed(_("No consent was asked for in this session; start again."))
    if kept is None:
        raise ConsentFailed(_("This is not the consent that was asked for; start again."))
    pending = Pending(**kept)
    pending.refuse_unless(state, person.user_id)
    _require_admin(person, pending.team_id)
    if "error" in request.GET:
        raise consent.refused(
            refusal_texts.reason_of(request.GET["error"], "", request.GET.get("subtype"))
        )
    if not request.GET.get("code"):
        raise ConsentFailed(_("The consent was not given."))
    granted = consent.finish(pending, request.GET["code"])
    if granted.other_account():
        request.session[DECISION] = {"granted": asdict(granted), "at": time.time()}
    else:
        messages.success(request, _said_of(consent.keep(granted, by=person).account))
    return redirect(path_to(CONNECT_PAGE))
