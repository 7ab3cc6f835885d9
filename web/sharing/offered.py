"""What others offer somebody, to read and to own; and from whom one wants nothing."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.services import blocks
from superthread.services import ownership, sharing
from web.accounts.visitors import person
from web.deeds import Deed, ask_first, pressed, refused, status_of
from web.pages import signed_in
from web.sharing.words import ROLES


@signed_in("GET", "POST")
def shares(request: HttpRequest) -> HttpResponse:
    """All that waits for an answer, and the answers."""
    by = person(request)
    problem = None
    if request.method == "POST":
        done = pressed(request, _deeds(request, by))
        if isinstance(done, HttpResponse):
            return done
        problem = done
    shown = {
        "shares": [_dated(one) for one in sharing.offers(by)],
        "transfers": [_dated(one) for one in ownership.offers(by)],
        "roles": {name: (title, about) for name, title, about in ROLES},
        "blocked": list(blocks.blocked(by)),
    }
    shown |= refused(problem)
    return render(request, "web/sharing/shares.html", shown, status=status_of(problem))


def _dated(offer: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromisoformat(offer["offered_at"])
    return {"doc_id": offer["doc_id"], "sender": offer["from"], "at": moment} | {
        "role": offer.get("role")
    }


def _deeds(request: HttpRequest, by: Principal) -> dict[str, Deed]:
    doc_id = request.POST.get("doc_id", "")
    return {
        "accept": lambda: _answer(doc_id, by, accept=True),
        "decline": lambda: _answer(doc_id, by, accept=False),
        "block": lambda: _answer(doc_id, by, accept=False, block=True),
        "own": lambda: _own(request, doc_id, by),
        "disown": lambda: _disown(doc_id, by),
        "unblock": lambda: _unblock(request.POST.get("email", ""), by),
    }


def _answer(doc_id: str, by: Principal, *, accept: bool, block: bool = False) -> str:
    sharing.reply(doc_id=doc_id, accept=accept, block_sender=block, by=by)
    if accept:
        return gettext("It is in your lists and searches now.")
    return gettext("Declined, and blocked.") if block else gettext("Declined.")


def _own(request: HttpRequest, doc_id: str, by: Principal) -> HttpResponse | str:
    question = gettext("You will be the owner, and the memory will count as yours. Take it?")
    if asked := ask_first(request, question, gettext("Take ownership")):
        return asked
    ownership.reply(doc_id=doc_id, accept=True, by=by)
    return gettext("The memory is yours now.")


def _disown(doc_id: str, by: Principal) -> str:
    ownership.reply(doc_id=doc_id, accept=False, by=by)
    return gettext("Declined.")


def _unblock(email: str, by: Principal) -> str:
    blocks.unblock(email=email, by=by)
    return gettext("What they offer is shown again.")
