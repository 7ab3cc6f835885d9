"""Who may do what with a memory: roles, its place, its owner."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import NotFound
from superthread import policies
from superthread.feed.shown import PART, note_shown
from superthread.models import Scope, Transfer
from superthread.policies import Role
from superthread.reads.grants import list_grants
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.serializers.memories import MemoryChange
from superthread.serializers.shares import PermissionChange, TransferBody
from superthread.services import ownership, revise, sharing
from web.accounts.visitors import person
from web.deeds import Deed, ask_first, pressed, refused, status_of, understood
from web.pages import signed_in
from web.sharing.words import PLACES, ROLES


@signed_in("GET", "POST")
def share(request: HttpRequest, doc_id: str) -> HttpResponse:
    """The roles that people have, for its administrators; for everybody what they may do
    themselves, and the way out of it."""
    by = person(request)
    row = find(doc_id=doc_id, by=by)
    problem = None
    if request.method == "POST":
        done = pressed(request, _deeds(request, row, by))
        if isinstance(done, HttpResponse):
            return done
        problem = done
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    shown = _shown(row, by) | refused(problem) | {"asked": request.POST}
    return render(request, "web/sharing/share.html", shown, status=status_of(problem))


def _shown(row: Row, by: Principal) -> dict[str, Any]:
    administers = row["role"] >= Role.ADMIN
    grants = list_grants(doc_id=str(row["doc_id"]), by=by) if administers else {}
    return {
        "memory": row,
        "scope": Scope(row["scope"]).label,
        "role": Role(row["role"]).word,
        "administers": administers,
        "owns": row["role"] == Role.OWNER,
        "is_owner": row["owner_id"] == by.user_id,
        "granted": _is_granted(row, by),
        "grants": sorted(grants.get("permissions", {}).items()),
        "roles": ROLES,
        "places": PLACES,
        "teams": sorted(one.team_key for one in by.teams if one.accepted),
        "offered_to": _offered_to(row),
    }


def _is_granted(row: Row, by: Principal) -> bool:
    return policies.grants_of(by).filter(memory=row["id"]).exists()


def _offered_to(row: Row) -> str | None:
    """Whom the memory is offered to, for its owner."""
    if row["role"] < Role.OWNER:
        return None
    return Transfer.objects.filter(memory=row["id"]).values_list("email", flat=True).first()


def _deeds(request: HttpRequest, row: Row, by: Principal) -> dict[str, Deed]:
    return {
        "give": lambda: _give(request, row, by),
        "take": lambda: _take(request, row, by),
        "leave": lambda: _leave(request, row, by),
        "move": lambda: _move(request, row, by),
        "offer": lambda: _offer(request, row, by),
        "withdraw": lambda: _withdraw(row, by),
    }


def _change(row: Row, email: str, role: str | None, by: Principal) -> None:
    """One address' role. Raises as the API does, strangers first."""
    find(doc_id=str(row["doc_id"]), by=by, least=Role.ADMIN)
    changes = understood(PermissionChange, {"permissions": {email: role}})["permissions"]
    sharing.change_grants(doc_id=str(row["doc_id"]), changes=changes, by=by)


def _give(request: HttpRequest, row: Row, by: Principal) -> str:
    email, role = request.POST.get("email", "").strip(), request.POST.get("role", "")
    _change(row, email, role, by)
    # The same whether the address has an account.
    return gettext("Access was offered. It counts in lists once it is accepted.")


def _take(request: HttpRequest, row: Row, by: Principal) -> str:
    _change(row, request.POST.get("email", ""), None, by)
    return gettext("Access was taken back.")


def _leave(request: HttpRequest, row: Row, by: Principal) -> HttpResponse:
    """Takes one's own grant back, after which the page may be none of theirs. Raises NotFound where
    there is none."""
    if not _is_granted(row, by):
        raise NotFound(policies.ABSENT)
    question = gettext("You will have your role no more. Leave this memory?")
    if asked := ask_first(request, question, gettext("Leave")):
        return asked
    sharing.reply(doc_id=str(row["doc_id"]), accept=False, block_sender=False, by=by)
    messages.success(request, gettext("You have left this memory."))
    return redirect("shares")


def _move(request: HttpRequest, row: Row, by: Principal) -> HttpResponse | str:
    """To another scope or team."""
    scope, _, team_key = request.POST.get("place", "").partition("/")
    wanted = {"scope": scope, "team_key": team_key} if team_key else {"scope": scope}
    find(doc_id=str(row["doc_id"]), by=by, least=Role.ADMIN)
    changes = understood(MemoryChange, wanted)
    if scope == Scope.PUBLIC.label:
        question = gettext("Everybody who uses this hub will be able to read it. Make it public?")
        if asked := ask_first(request, question, gettext("Make it public")):
            return asked
    revise.revise(doc_id=str(row["doc_id"]), changes=changes, by=by)
    return gettext("The memory was moved.")


def _offer(request: HttpRequest, row: Row, by: Principal) -> HttpResponse | str:
    find(doc_id=str(row["doc_id"]), by=by, least=Role.OWNER)
    body = understood(TransferBody, {"to": request.POST.get("to", "").strip()})
    question = gettext(
        "Whoever accepts this becomes the owner: only they can then delete it for good or give it "
        "on. Offer it to %(email)s?"
    ) % {"email": body["to"]}
    if asked := ask_first(request, question, gettext("Offer ownership")):
        return asked
    told = ownership.offer(doc_id=str(row["doc_id"]), to=body["to"], by=by)
    if told["offered_to"] is None:
        # A team's admin has named somebody in the place of an owner who is away.
        return gettext("The memory has another owner now.")
    return gettext("Ownership was offered.")


def _withdraw(row: Row, by: Principal) -> str:
    ownership.offer(doc_id=str(row["doc_id"]), to=None, by=by)
    return gettext("The offer was withdrawn.")
