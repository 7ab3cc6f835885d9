"""The page on which a person is asked whether to let a client act for them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from integrations.oauth import words
from integrations.oauth.issuer import issuer
from integrations.oauth.reads import Held, held_by
from integrations.oauth.views.problems import as_pages
from memory_hub.accounts.principal import Principal, origin_of, principal_of
from memory_hub.accounts.restrictions import NONE, Restriction
from memory_hub.accounts.scopes import default_scopes, described, scopes_for_some_memories
from memory_hub.core.errors import BadInput
from memory_hub.http.content_security_policy import sending_forms_to

if TYPE_CHECKING:
    from integrations.oauth.protocol import AuthorizationRequest

ALLOW = "allow"
PERSONAL, TEAMS, EVERYTHING = "personal", "teams", "everything"


@dataclass(frozen=True)
class Offer:
    """What a person may allow: of what is asked, no more than a client may have at this point."""

    asked: "AuthorizationRequest"
    held: Held
    scopes: list[str]


@never_cache
@require_http_methods(["GET", "POST"])
@as_pages
def authorize(request: HttpRequest) -> HttpResponse:
    """Asks, every time; POST takes the answer. Nothing is looked up for who is not logged in."""
    issuer()
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    from integrations.oauth import protocol

    try:
        offer = _offer(protocol.asked(request), request.user.pk)
        if not offer.scopes:
            raise protocol.SentBack(protocol.asked_too_much(offer.asked))
        if request.method == "GET":
            return _page(request, offer)
        if not _is_answer_of(request):
            raise BadInput(_("This page was made for somebody else, or for another request."))
        if request.POST.get("answer") != ALLOW:
            return _to(protocol.denied(offer.asked))
        restriction = _restriction(request)
        scopes = _chosen(request, offer, restriction)
        return _to(protocol.allowed(request, scopes, restriction))
    except protocol.SentBack as refusal:
        return _back(request, refusal.location)
    except protocol.NotAsked as refusal:
        told = _("The client is not known here, or asks for an answer at a foreign address.")
        raise BadInput(f"{told} ({refusal})") from refusal


def _offer(asked: "AuthorizationRequest", user_id: int) -> Offer:
    """What goes beyond a start is for clients that are in already, who found that they need it, and
    that are let in to what it is of use for."""
    held = held_by(asked.client, user_id)
    known = set(default_scopes()) | (set(asked.scopes) if held.scopes else set())
    known = _usable(known, held.restriction or NONE)
    return Offer(asked, held, [scope for scope in asked.scopes if scope in known])


def _usable(scopes: set[str], restriction: Restriction) -> set[str]:
    return scopes & scopes_for_some_memories() if restriction.narrows_memories else scopes


def _page(request: HttpRequest, offer: Offer, status: int = 200) -> HttpResponse:
    asked = offer.asked
    answer = render(request, "oauth/consent.html", _shown(request, offer), status=status)
    policy = sending_forms_to(words.source_of(asked.redirect_uri))
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _shown(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    asked, language = offer.asked, get_language()
    kept = offer.held.restriction
    teams = [place for place in _person(request).teams if place.accepted]
    chosen = (kept.teams if kept else None) or frozenset()
    return {
        "client": words.name_of(asked.client),
        "host": words.host_of(asked.client),
        "place": words.place_of(asked.redirect_uri),
        "scopes": [
            (scope.name, scope.words(language), scope.name not in offer.held.scopes)
            for scope in described()
            if scope.name in offer.scopes
        ],
        "is_in": bool(offer.held.scopes),
        "teams": [(place.team_id, place.team_key, place.team_id in chosen) for place in teams],
        "memories": _choice_of(kept),
        "made_for": _made_for(request),
    }


def _choice_of(restriction: Restriction | None) -> str:
    if restriction is None or (restriction.personal and restriction.teams is None):
        return PERSONAL
    return EVERYTHING if not restriction.is_placed else TEAMS


def _chosen(request: HttpRequest, offer: Offer, restriction: Restriction) -> list[str]:
    """The scopes that were allowed, those that are of use with these memories. Raises BadInput for
    none, and for what was not offered."""
    named = set(request.POST.getlist("scope"))
    chosen = _usable(named, restriction)
    if not chosen or not named <= set(offer.scopes):
        raise BadInput(_("Choose at least one of the things that it may do, or say no."))
    return [scope for scope in offer.scopes if scope in chosen]


def _restriction(request: HttpRequest) -> Restriction:
    """Which memories. Raises BadInput."""
    choice = request.POST.get("memories")
    if choice == EVERYTHING:
        return NONE
    if choice == PERSONAL:
        return Restriction(personal=True)
    mine = {str(place.team_id): place.team_id for place in _person(request).teams}
    named = request.POST.getlist("team")
    if choice != TEAMS or not named or not set(named) <= mine.keys():
        raise BadInput(_("Choose which memories: of teams, at least one."))
    return Restriction(personal=True, teams=frozenset(mine[one] for one in named))


def _made_for(request: HttpRequest) -> str:
    """Ties the page to the person and the request that it was made for: a browser may have changed
    hands since."""
    signer = Signer(salt="integrations.oauth.consent")
    return signer.signature(f"{request.user.pk} {request.get_full_path()}")


def _is_answer_of(request: HttpRequest) -> bool:
    return constant_time_compare(request.POST.get("made_for", ""), _made_for(request))


def _person(request: HttpRequest) -> Principal:
    return principal_of(request.user, "session", origin_of(request, "oauth"))


def _to(location: str) -> HttpResponse:
    """Whatever the scheme: Django's own redirect knows three."""
    return HttpResponse(status=303, headers={"Location": location})


def _back(request: HttpRequest, location: str) -> HttpResponse:
    """Sends the browser back without having asked. Where it has just sent the form that logs in, a
    redirect would fall under that page's policy of forms: a page of ours leads on instead."""
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return render(request, "oauth/back.html", {"location": location})
    return _to(location)
