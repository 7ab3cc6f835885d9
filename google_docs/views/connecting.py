"""The page on which a person connects a Google account, and where Google sends them back to."""

import time
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from google_docs import consent
from google_docs.consent import ConsentFailed, Pending
from google_docs.models import Connection
from memory_hub.accounts.authentication import principal_of_token
from memory_hub.accounts.models import TeamRole, Token
from memory_hub.accounts.principal import Principal, TeamPlace, principal_of
from memory_hub.accounts.scopes import DOCS_WRITE
from memory_hub.accounts.secrets import is_well_formed
from memory_hub.errors import HubError, MissingScope, NotAuthenticated, NotFound, problem

PENDING, PERSON = "google_docs_consent", "google_docs_person"
PERSON_SECONDS = 900  # how long a pasted token stands for its person
PAGE = "google-docs-connect"


def telling_problems(view: Any) -> Any:
    """What goes wrong is told as a problem, or on the page for a person who can go on there."""

    @wraps(view)
    def told(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except (ConsentFailed, NotAuthenticated, MissingScope) as error:
            messages.error(request, str(error))
            return redirect(PAGE)
        except HubError as error:
            return problem(error)

    return told


def _person(request: HttpRequest) -> Principal | None:
    """Who is at the browser: logged in, or with a token of this hub pasted a moment ago."""
    if request.user.is_authenticated:
        return principal_of(request.user, "session")
    kept = request.session.get(PERSON)
    if not kept or time.time() - kept["at"] > PERSON_SECONDS:
        return None
    # The token still has to hold: who revokes it revokes this too.
    live = Token.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
    token = live.filter(pk=kept["token_id"], user__is_active=True).select_related("user").first()
    return principal_of(token.user, "session") if token else None


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
        return render(request, "google_docs/connect.html", _context(person))
    team_id = _team(person, request.POST.get("team", ""))
    if request.POST.get("action") == "disconnect":
        return _disconnect(request, person, team_id)
    url, pending = consent.begin(person.user_id, team_id)
    request.session[PENDING] = asdict(pending)
    return HttpResponseRedirect(url)


def _identify(request: HttpRequest) -> HttpResponse:
    """Take a token of this hub for its person, in this session and for some minutes."""
    secret = request.POST.get("token", "").strip()
    if not is_well_formed(secret):
        raise NotAuthenticated("This is not a token of this hub.")
    person = principal_of_token(secret)
    if not person.may(DOCS_WRITE):
        raise MissingScope(f"This needs a token with the scope {DOCS_WRITE}.")
    request.session.cycle_key()
    request.session[PERSON] = {"token_id": person.token_id, "at": time.time()}
    return redirect(PAGE)


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


def _context(person: Principal | None) -> dict[str, Any]:
    if person is None:
        return {"person": None}
    administered = _administered(person)
    rows = [("", "yourself", _connection(person, None))]
    rows += [
        (p.team_key, f"team {p.team_key}", _connection(person, p.team_id)) for p in administered
    ]
    return {"person": person, "rows": rows}


def _disconnect(request: HttpRequest, person: Principal, team_id: int | None) -> HttpResponse:
    connection = _connection(person, team_id)
    if connection is None:
        messages.info(request, "There was no connection.")
    elif consent.disconnect(connection):
        messages.success(request, "Disconnected; Google no longer accepts the consent.")
    else:
        messages.warning(
            request,
            "Disconnected here, but Google did not answer: remove the app's access at "
            "https://myaccount.google.com/permissions.",
        )
    return redirect(PAGE)


@never_cache
@require_GET
@telling_problems
def callback(request: HttpRequest) -> HttpResponse:
    """Where Google sends the browser back to, with a code or with a refusal."""
    consent.oauth_config()
    # Taken out of the session and saved before anything else: a state is used once.
    kept = request.session.pop(PENDING, None)
    request.session.save()
    person = _person(request)
    if kept is None or person is None:
        raise ConsentFailed("No consent was asked for in this session; start again.")
    pending = Pending(**kept)
    pending.refuse_unless(request.GET.get("state", ""), person.user_id)
    # Not an admin any more: their account must not take the place of the team's.
    if pending.team_id and pending.team_id not in [p.team_id for p in _administered(person)]:
        raise NotFound("There is no such team for you to connect.")
    if "error" in request.GET or not request.GET.get("code"):
        raise ConsentFailed("The consent was not given.")
    connection = consent.finish(pending, request.GET["code"])
    messages.success(request, f"{connection.account} is connected.")
    return redirect(PAGE)
