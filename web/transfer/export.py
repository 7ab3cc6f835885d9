"""What one may read, taken along as files: a place at once, or everything, in the background."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, HubError
from memory_hub.core.links import path_to
from memory_hub.core.text import key_in
from memory_hub.rate_limits.bill import charge
from memory_hub.rate_limits.prices import ANSWER_BYTES
from superthread import policies
from superthread.exports import services
from superthread.exports.serializers import ExportIn
from superthread.models import Export, Scope
from superthread.models.exported import KEPT
from superthread.models.file_job import UNDER_WAY
from superthread.reads.orders import filters
from superthread.transfer import parts
from superthread.transfer.exporting import ExportOptions
from web.accounts.visitors import person
from web.deeds import pressed, refused, status_of, understood
from web.files import attachment
from web.pages import is_part, signed_in
from web.sentences import said
from web.transfer.words import STATES, WHOLE_FORMATS


@signed_in("GET", "POST")
def take_out(request: HttpRequest) -> HttpResponse:
    """A form for what is wanted; once it is said, the files that it makes. A POST has everything
    put into one file, in the background; those that there are are told of."""
    by, problem = person(request), None
    if request.method == "POST":
        try:
            form = understood(ExportIn, {"format": request.POST.get("format", "")})["format"]
            job = services.start(by=by, form=form)
        except HubError as error:
            problem = error
        else:
            return redirect("export_job", export_id=job.pk)
    page: dict[str, Any] = {
        "asked": request.GET,
        "teams": sorted(one.team_key for one in by.teams if one.accepted),
        "whole_formats": WHOLE_FORMATS.items(),
        "jobs": [_shown(job) for job in services.mine(by=by)],
    } | refused(problem)
    if "place" in request.GET:
        files = parts.parts(_chosen(request, by), history=_history(request))
        page |= {"files": files, "query": request.GET.urlencode()}
    return render(request, "web/transfer/export.html", page, status=status_of(problem))


@signed_in("GET", "POST")
def export_job(request: HttpRequest, export_id: str) -> HttpResponse:
    """One export of everything: how far it is, its file, and the end of it. A part of it alone,
    that asks for itself again, to the script that follows it."""
    by = person(request)
    job = services.progress(export_id, by=by)
    if request.method == "POST":
        done = pressed(request, {"delete": lambda: _delete(request, job, by)})
        if isinstance(done, HttpResponse):
            return done
        raise done
    page = {"job": _shown(job)}
    if is_part(request) and request.GET.get("part") == "progress":
        return render(request, "web/transfer/export_progress.html", page)
    return render(request, "web/transfer/export_job.html", page)


def _delete(request: HttpRequest, job: Export, by: Principal) -> HttpResponse:
    services.delete(job.pk, by=by)
    messages.success(request, gettext("The export and its file are deleted."))
    return redirect("take_out")


def _shown(job: Export) -> dict[str, Any]:
    return {
        "id": job.pk,
        "format": WHOLE_FORMATS[job.format],
        "state": job.state,
        "words": STATES[job.state],
        "is_over": job.state not in UNDER_WAY,
        "done": job.done,
        "total": job.total,
        "percent": min(100, 100 * job.done // job.total) if job.total else 0,
        "why": said(job.why) or job.why,
        "size": job.size,
        "created_at": job.created_at,
        "expires_at": job.ended_at and job.ended_at + KEPT,
        "file": path_to(f"/superthread/exports/{job.pk}/file"),
    }


@signed_in("GET")
def take_out_part(request: HttpRequest, number: str) -> HttpResponse:
    """One of the files."""
    by, history = person(request), _history(request)
    chosen = _chosen(request, by)
    files = parts.parts(chosen, history=history)
    place = key_in(number) or 0
    if not 0 < place <= len(files):
        raise Http404
    part = files[place - 1]
    charge(part.size // ANSWER_BYTES)
    wanted = ExportOptions(sources=True, history=history, grants=history)
    body = parts.written(chosen, part, wanted, by=by)
    return attachment(body, f"memories-{place}.jsonl")


def _history(request: HttpRequest) -> bool:
    return request.GET.get("history") == "1"


def _chosen(request: HttpRequest, by: Principal) -> Q:
    """What the caller's lists have in the place that is asked for. Raises BadInput."""
    place, _, team_key = request.GET.get("place", "").partition("/")
    if place not in (*Scope.labels, "all"):
        raise BadInput.at("query:place", "unknown-place", "There is no such place.")
    if team_key and by.team(team_key) is None:
        raise BadInput.at("query:place", "unknown-team", "You are in no team with this key.")
    public = policies.shows_public(place)
    return policies.visible_to(by, public=public) & filters(place, team_key or None, None)
