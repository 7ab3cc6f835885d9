"""How each client is connected with this hub, and whether it has been here."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from memory_hub.core.addresses import is_loopback
from memory_hub.core.installed import features
from memory_hub.core.links import path_to, public_url
from web.connect.clients import CLIENTS
from web.connect.seen import Seen, seen_by
from web.connect.snippets import Client
from web.pages import signed_in


@signed_in("GET")
def connect(request: HttpRequest) -> HttpResponse:
    """Every client whose door is open here, with its lines."""
    hub = address(request)
    doors = {one.prefix for one in features()}
    offered = [one for one in CLIENTS if not one.door or one.door in doors]
    seen = seen_by(request.user.pk, offered)
    page = {
        "hub": hub,
        "clients": [_shown(one, hub, seen.get(one.key)) for one in offered],
        "is_said": bool(public_url()),
    }
    return render(request, "web/connect/connect.html", page)


def address(request: HttpRequest) -> str:
    """Where clients find the hub: what its operator says, else where this page was found."""
    return public_url() or f"{request.scheme}://{request.get_host()}{path_to('')}"


def _shown(client: Client, hub: str, seen: Seen | None) -> dict[str, Any]:
    return {
        "key": client.key,
        "title": client.title,
        "signs_in": client.signs_in,
        "unreachable": client.from_afar and not _is_public(hub),
        "snippets": [(one.where, filled(one.text, hub)) for one in client.snippets],
        "seen": seen,
    }


def filled(text: str, hub: str) -> str:
    """The lines with the hub's address; other braces are theirs."""
    return text.replace("{mcp}", f"{hub}/mcp").replace("{hub}", hub)


def _is_public(hub: str) -> bool:
    """Whether somebody's cloud may reach it."""
    parts = urlsplit(hub)
    return parts.scheme == "https" and not is_loopback(parts.hostname or "")
