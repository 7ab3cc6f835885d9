"""Changing a memory: what was written is saved, shown beside what others saved meanwhile, or kept
in the form with what is wrong. It is never lost."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError, StaleRevision, hub_error
from superthread.feed.shown import note_shown
from superthread.merge_patch import MetadataPatch
from superthread.policies import Role
from superthread.reads.named import find
from superthread.reads.representation import Row
from superthread.serializers.memories import MemoryMerge
from superthread.services import revise
from web import problems
from web.accounts.visitors import person
from web.memories import conflicts
from web.memories.described import Described, with_lf
from web.memories.forms import form_of, preview_of, saved, wrong_with
from web.memories.merging import has_marks
from web.memories.relinking import way_on
from web.pages import is_part, signed_in, validated

LOST = (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)


@signed_in("GET", "POST")
def edit(request: HttpRequest, doc_id: str) -> HttpResponse:
    """The form; a POST saves what it holds, or shows how it will look."""
    by = person(request)
    if request.method == "POST":
        return _sent(request, doc_id, by)
    row = find(doc_id=doc_id, by=by, least=Role.EDITOR)
    note_shown(row["id"], row["owner_id"], by=by)
    shown = form_of(row, Described.of(row), by)
    return render(request, "web/memories/edit.html", shown)


def _sent(request: HttpRequest, doc_id: str, by: Principal) -> HttpResponse:
    whose = "mine" if request.POST.get("do") == "mine" else "content"
    written = Described.posted(request.POST.dict(), content=whose)
    try:
        row = find(doc_id=doc_id, by=by, least=Role.EDITOR)
        if row["role"] < Role.ADMIN:
            # Their form has no field for it.
            written = replace(written, path=row["path"] or "")
        return _judged(request, row, written, by)
    except HubError as error:
        if error.status not in LOST:
            raise
        told = {"problems": problems.sentences(error), "form": written}
        return render(request, "web/memories/lost.html", told, status=error.status)


def _judged(request: HttpRequest, row: Row, written: Described, by: Principal) -> HttpResponse:
    """Of a memory that the caller may edit."""
    revision, version = (_number(request, name) for name in ("revision", "version"))
    beside = {
        "mine": with_lf(request.POST.get("mine", "")),
        "merging": request.POST.get("merging", ""),
    }
    kept = form_of(row, written, by, **beside) | {"revision": revision, "version": version}
    if request.POST.get("do") == "preview":
        kept |= preview_of(written, row, by)
        part = "preview" if is_part(request) else "edit"
        return render(request, f"web/memories/{part}.html", kept)
    if beside["merging"] and request.POST.get("do") == "save" and has_marks(written.content):
        said = gettext("Some places still hold both texts: choose, and take out the marks.")
        kept["errors"] = {"content": [said]}
        return render(request, "web/memories/edit.html", kept, status=HTTPStatus.BAD_REQUEST)
    # What the form holds is as it was, whatever else was done: shared, moved, given a date.
    is_fresh = version == row["version"] or revision == row["revision"]
    changes = written.changes(Described.of(row), row["content"])
    # What is there already, as of a form that was sent twice, is in nobody's way.
    if changes and not is_fresh:
        return conflicts.shown(request, row, written, version, by)
    try:
        if changes:
            row = _save(row, changes, by)
    except StaleRevision:
        fresh = find(doc_id=str(row["doc_id"]), by=by, least=Role.EDITOR)
        return conflicts.shown(request, fresh, written, version, by)
    except (HubError, ValidationError) as error:
        refused = hub_error(error)
        if refused.status in LOST:
            raise refused from None
        kept |= wrong_with(refused)
        return render(request, "web/memories/edit.html", kept, status=refused.status)
    is_saved = changes or not is_fresh
    said = gettext("The changes are saved.") if is_saved else gettext("Nothing was changed.")
    messages.success(request, said, extra_tags=saved(str(row["doc_id"])))
    return redirect(way_on(row, by))


def _save(row: Row, changes: dict[str, Any], by: Principal) -> Row:
    """The memory as it is then. Raises what the service raises."""
    wanted = validated(MemoryMerge, changes)
    if "metadata" in wanted:
        wanted["metadata"] = MetadataPatch(wanted["metadata"])
    doc_id = str(row["doc_id"])
    return revise.revise(doc_id=doc_id, changes=wanted, by=by, expected={row["revision"]})


def _number(request: HttpRequest, name: str) -> int:
    """A number that the form brings along; 0, which is that of no state, for anything else."""
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
