"""One's own tokens: what each is for, when it was last used, a new one, and the end of one."""

from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from memory_hub.accounts import restricted, scopes, services
from memory_hub.accounts.models import Token
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.serializers import NewToken
from memory_hub.accounts.views import restriction_of
from memory_hub.core.errors import HubError, NotFound
from memory_hub.core.text import key_in, rfc3339
from web.accounts.visitors import person
from web.deeds import ask_first, pressed, refused, status_of, understood
from web.pages import signed_in

DAYS = (7, 30, 90, 180, 365)
MOST = 200  # tokens that are shown, newest first


@signed_in("GET", "POST")
def tokens(request: HttpRequest) -> HttpResponse:
    """Those that are good, those that ended lately, and the end of one."""
    by = person(request)
    if request.method == "POST":
        done = pressed(request, {"revoke": lambda: _revoke(request, by)})
        if isinstance(done, HttpResponse):
            return done
        raise done
    found = list(restricted.tokens_of(by.user_id, by).order_by("-pk")[:MOST])
    keys, now = restricted.team_keys(found), timezone.now()
    rows = [_shown(token, keys) for token in found]
    good = [one for one in rows if not one["revoked_at"] and one["expires_at"] > now]
    ended = [one for one in rows if one not in good]
    return render(request, "web/tokens/tokens.html", {"good": good, "ended": ended})


def _shown(token: Token, keys: dict[int, str]) -> dict[str, Any]:
    language = get_language()
    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "client": token.client,
        "scopes": [one.words(language) for one in scopes.described() if one.name in token.scopes],
        "memories": token.restriction.words(language, keys),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
    }


def _revoke(request: HttpRequest, by: Principal) -> HttpResponse:
    key = key_in(request.POST.get("token", ""))
    if key is None:
        raise NotFound("You have no such token.")
    question = gettext(
        "Whatever uses it is shut out with its next request, and so is what it has made. Revoke it?"
    )
    if asked := ask_first(request, question, gettext("Revoke")):
        return asked
    services.revoke_token(token_id=key, user_id=by.user_id, by=by)
    messages.success(request, gettext("The token is revoked."))
    return redirect("tokens")


@signed_in("GET", "POST")
@reauthentication_required
def new_token(request: HttpRequest) -> HttpResponse:
    """Asks what a new token is to be for; a POST makes it, and shows its secret this once."""
    by, problem = person(request), None
    if request.method == "POST":
        try:
            token, secret = _made(request, by)
        except HubError as error:
            problem = error
        else:
            shown = _shown(token, restricted.team_keys([token]))
            return render(request, "web/tokens/made.html", {"token": shown, "secret": secret})
    asked = {
        "name": request.GET.get("name", "")[:64],
        "scopes": scopes.default_scopes(),
        "days": "90",
    }
    if request.method == "POST":
        asked = {**request.POST.dict(), "scopes": request.POST.getlist("scopes")}
        asked["teams"] = request.POST.getlist("teams")
    page = {
        "asked": asked,
        "scopes": _scopes_of(by),
        "days": [(str(count), count) for count in DAYS],
        "teams": sorted(one.team_key for one in by.teams if one.accepted),
    } | refused(problem)
    return render(request, "web/tokens/new.html", page, status=status_of(problem))


def _scopes_of(by: Principal) -> list[tuple[str, str]]:
    """The scopes that the caller has to give, with their words."""
    language = get_language()
    return [(one.name, one.words(language)) for one in scopes.described() if by.may(one.name)]


def _made(request: HttpRequest, by: Principal) -> tuple[Token, str]:
    """The token that the form asks for, as the API would make it. Raises HubError."""
    days = key_in(request.POST.get("days", "")) or 0
    wanted = {
        "name": request.POST.get("name", "").strip() or "token",
        "scopes": request.POST.getlist("scopes"),
        "restriction": _restriction(request),
    }
    if days in DAYS:
        wanted["expires_at"] = rfc3339(timezone.now() + timedelta(days=days))
    fields = understood(NewToken, wanted)
    fields["restriction"] = restriction_of(fields.get("restriction"), by)
    return services.create_token(user_id=by.user_id, by=by, **fields)


def _restriction(request: HttpRequest) -> dict[str, Any] | None:
    """What the form narrows it to, as the API takes it; None for nothing."""
    wanted: dict[str, Any] = {}
    for name in ("read_only", "personal"):
        if request.POST.get(name):
            wanted[name] = True
    if teams := request.POST.getlist("teams"):
        wanted["teams"] = teams
    for name in ("category", "path_prefix"):
        if text := request.POST.get(name, "").strip():
            wanted[name] = text
    return wanted or None
