"""The past of a memory: its versions, two of them beside each other, and what was done with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.core.diff import unified_diff
from memory_hub.core.errors import NotFound, StaleRevision
from superthread import policies
from superthread.feed import audit
from superthread.feed.shown import PART, note_shown
from superthread.policies import Role
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.reads.versions import list_versions, version_numbered
from superthread.serializers.versions import DiffQuery
from superthread.services import history as versions
from web.accounts.activity import rows_of
from web.accounts.visitors import person
from web.memories.comparing import comparison
from web.memories.described import BESIDE, Described
from web.memories.page import frame
from web.pages import signed_in, validated

PAGE = 50
ACTS = 50


@signed_in("GET")
def history(request: HttpRequest, doc_id: str) -> HttpResponse:
    """A page of versions, newest first; to administrators also by what they were made, and what
    else was done."""
    by = person(request)
    row = find(doc_id=doc_id, by=by, least=Role.EDITOR)
    note_shown(row["id"], row["owner_id"], by=by, kind=PART)
    listed, following = list_versions(
        doc_id=doc_id, by=by, limit=PAGE, cursor=request.GET.get("cursor") or None
    )
    shown: dict[str, Any] = {"versions": listed, "next_cursor": following, "acts": []}
    if row["role"] >= Role.ADMIN:
        most = 0 if request.GET.get("cursor") else ACTS
        shown["acts"] = _acts(row, listed, by, most=most)
    return render(request, "web/memories/history.html", frame(row, by, tab="history") | shown)


def _acts(
    row: Row, listed: list[dict[str, Any]], by: Principal, *, most: int
) -> list[dict[str, Any]]:
    """The latest of what was done that made no version: moves, shares, deletions. Puts down beside
    each version through what it was made."""
    numbers = [one["number"] for one in listed]
    made, rest = audit.of_history(row, numbers, by=by, most=most)
    rows = rows_of([*made.values(), *rest], by)
    through = dict(zip(made, rows, strict=False))
    for one in listed:
        # Who it was stands beside it already.
        act = through.get(one["number"])
        one["through"] = act and act | {"actor": None}
    return [_told(*pair) for pair in zip(rest, rows[len(made) :], strict=True)]


def _told(act: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    places = {"place": act["place"], "old_place": act["old_place"]}
    return row | places | {"through": row | {"actor": None}}


@signed_in("GET")
def compare(request: HttpRequest, doc_id: str) -> HttpResponse:
    """Two versions (``from``, ``to``; without, the first and the present one), inline or side by
    side (``view``), or as a patch."""
    by = person(request)
    asked = {name: request.GET[name] for name in ("from", "to") if request.GET.get(name)}
    numbers = validated(DiffQuery, {"from": "1", **asked})
    old, new = numbers["from"], numbers.get("to")
    found = versions.compared(doc_id=doc_id, by=by, old=old, new=new)
    before, after = found.old, found.new
    if request.GET.get("view") == "patch":
        return _patch(before, after)
    shown = {
        "old": before,
        "new": after,
        "found": comparison(before["content"], after["content"]),
        "beside": request.GET.get("view") == "side",
        "facts": list(_facts(before, after)),
        "newest": found.row["version"],
    }
    return render(request, "web/memories/compare.html", frame(found.row, by, tab="history") | shown)


def _patch(before: dict[str, Any], after: dict[str, Any]) -> HttpResponse:
    """What changed in the form that ``patch`` takes, as a file that is never opened as a page."""
    names = [f"version {one['number']}" for one in (before, after)]
    text = unified_diff(before["content"], after["content"], *names)
    headers = {
        "Content-Disposition": 'attachment; filename="changes.patch"',
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(text.encode(), content_type="text/plain; charset=utf-8", headers=headers)


def _facts(before: dict[str, Any], after: dict[str, Any]) -> Any:
    """What else differs: its name, and both values."""
    one, other = Described.of(before), Described.of(after)
    for name in ("title", "path", "category", "tags"):
        if getattr(one, name) != getattr(other, name):
            yield name, getattr(one, name), getattr(other, name)
    metadata = before["metadata"], after["metadata"]
    for key in dict.fromkeys(name for each in metadata for name in each):
        values = [each.get(key, "") for each in metadata]
        if key not in BESIDE and values[0] != values[1]:
            yield key, *values


@signed_in("POST")
def restore(request: HttpRequest, doc_id: str) -> HttpResponse:
    """Makes an old version the present one, as it was seen; what was saved meanwhile stays."""
    by = person(request)
    number, revision = (_number(request, name) for name in ("number", "revision"))
    version_id = version_numbered(doc_id=doc_id, number=number, by=by)
    found = versions.restorable(doc_id=doc_id, version_id=version_id, by=by)
    try:
        versions.restore(found, doc_id=doc_id, by=by, expected={revision})
    except StaleRevision:
        text = gettext("Somebody else has changed it meanwhile. Look at the newest version first.")
        messages.error(request, text)
        return redirect("history", doc_id=doc_id)
    said = gettext("Version %(number)d is the present one again.") % {"number": number}
    messages.success(request, said)
    return redirect("memory", doc_id=doc_id)


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    if not (said.isascii() and said.isdecimal() and len(said) < 19):
        raise NotFound(policies.ABSENT)
    return int(said)
