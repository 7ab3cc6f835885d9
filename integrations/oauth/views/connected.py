"""The page of the clients that a person has let in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from integrations.oauth import services, words
from integrations.oauth.models import ConnectedClient
from integrations.oauth.reads import living
from integrations.oauth.views.problems import as_pages
from memory_hub.accounts.principal import origin_of, principal_of
from memory_hub.accounts.restricted import team_keys
from memory_hub.accounts.scopes import described
from memory_hub.core.errors import NotFound
from memory_hub.core.text import key_in

MOST = 200  # connections that are shown


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
@as_pages
def clients(request: HttpRequest) -> HttpResponse:
    """Who is let in, to what, since when, and when they were last here; POST ends one."""
    if request.method == "POST":
        by = principal_of(request.user, "session", origin_of(request, "oauth"))
        services.disconnect(_number(request.POST.get("end", "")), by=by)
        messages.success(request, _("It is shut out."))
        return redirect("oauth-clients")
    found = list(living(request.user.pk).select_related("client", "token")[:MOST])
    return render(request, "oauth/clients.html", {"connections": _shown(found)})


def _shown(found: list[ConnectedClient]) -> list[dict[str, Any]]:
    language = get_language()
    keys = team_keys(one.token for one in found)
    return [
        {
            "id": one.pk,
            "name": words.name_of(one.client),
            "host": words.host_of(one.client),
            "scopes": [scope.words(language) for scope in described() if scope.name in one.scopes],
            "memories": one.token.restriction.words(language, keys),
            "since": one.created_at,
            "used": one.token.last_used_at,
            "until": one.ends_at,
        }
        for one in found
    ]


def _number(text: str) -> int:
    key = key_in(text)
    if key is None:
        raise NotFound(_("You have no such client."))
    return key
