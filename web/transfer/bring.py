"""Files that somebody sends: what they are to become, how far that is, and what became of each
thing in them."""

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, HubError
from memory_hub.core.links import path_to
from memory_hub.core.text import key_in
from memory_hub.http.paths import body_limit
from superthread.imports import services
from superthread.imports.serializers import ImportQuery
from superthread.limits import FILE_BYTES
from superthread.models import Import
from superthread.models.file_job import UNDER_WAY
from superthread.transfer.formats.names import NAMES
from web import problems
from web.accounts.visitors import person
from web.deeds import ask_first, pressed, refused, status_of, understood
from web.pages import is_part, signed_in
from web.sentences import said
from web.transfer.words import FORMATS, KINDS, STATES

PAGE = 100  # outcomes
BLOCK = 2**20  # bytes


@signed_in("GET", "POST")
def bring(request: HttpRequest) -> HttpResponse:
    """A form for a file, and one's imports; a POST takes the file. Those that are longer than a
    form may be are sent to the API by a script of the page."""
    by, problem = person(request), None
    if request.method == "POST":
        try:
            job = _started(request, by)
        except HubError as error:
            problem = error
        else:
            return redirect("import_job", import_id=job.pk)
    page = {
        "asked": request.POST,
        "uploads": path_to("/superthread/imports"),
        "whole": reverse("import"),
        "most": FILE_BYTES,
        "most_form": body_limit("/import"),
        "refusals": problems.kinds(),
        "formats": [(name, FORMATS.get(name, name)) for name in NAMES],
        "teams": sorted(one.team_key for one in by.teams if one.accepted),
        "jobs": [_shown(job) for job in services.mine(by=by)],
    } | refused(problem)
    return render(request, "web/transfer/import.html", page, status=status_of(problem))


def _started(request: HttpRequest, by: Principal) -> Import:
    files = request.FILES.getlist("file")
    if not files:
        raise BadInput.at("/file", "required", "Choose a file.")
    scope, _, team_key = request.POST.get("place", "").partition("/")
    wanted = {
        "format": request.POST.get("format", "auto"),
        "exchanges": str(bool(request.POST.get("exchanges"))).lower(),
        "dry_run": str(bool(request.POST.get("dry_run"))).lower(),
        "filename": files[0].name if len(files) == 1 else "files.zip",
    }
    wanted |= {"scope": scope} if scope else {}
    wanted |= {"team_key": team_key} if team_key else {}
    told = understood(ImportQuery, wanted)
    defaults = {one: told[one] for one in ("scope", "team_key") if told.get(one)}
    asked = services.ImportRequest(
        told["filename"], told["format"], told["exchanges"], told["dry_run"], defaults
    )
    chunks = files[0].chunks(BLOCK) if len(files) == 1 else _packed(files)
    return services.start(by=by, chunks=chunks, asked=asked)


def _packed(files: Iterable[UploadedFile]) -> Iterator[bytes]:
    """Several files as one archive."""
    with SpooledTemporaryFile(max_size=BLOCK) as whole:
        with ZipFile(whole, "w", ZIP_STORED) as archive:
            for number, file in enumerate(files):
                # Two of one name would be one.
                with archive.open(f"{number}/{file.name}", "w") as member:
                    for chunk in file.chunks(BLOCK):
                        member.write(chunk)
        whole.seek(0)
        while chunk := whole.read(BLOCK):
            yield chunk


@signed_in("GET", "POST")
def import_job(request: HttpRequest, import_id: str) -> HttpResponse:
    """One import: how far it is, what became of what is in it, and the end of it. A part of it
    alone, that asks for itself again, to the script that follows it."""
    by = person(request)
    job = services.progress(import_id, by=by)
    if request.method == "POST":
        done = pressed(request, {"cancel": lambda: _cancel(request, job, by)})
        if isinstance(done, HttpResponse):
            return done
        raise done
    page = {"job": _shown(job)}
    if is_part(request) and request.GET.get("part") == "progress":
        return render(request, "web/transfer/progress.html", page | {"is_part": True})
    after = key_in(request.GET.get("after", "")) or 0
    found = services.outcomes(import_id, by=by, after=after, limit=PAGE)
    page |= {
        "outcomes": [
            one | {"what": KINDS.get(one["kind"], one["kind"]), "why": _translated(one["why"])}
            for one in found
        ],
        "after": after,
        "following": found[-1]["number"] if len(found) == PAGE else None,
    }
    return render(request, "web/transfer/job.html", page)


def _cancel(request: HttpRequest, job: Import, by: Principal) -> HttpResponse:
    if job.state in UNDER_WAY:
        question = gettext("Nothing more of the file is imported; what has come stays. Cancel it?")
        if asked := ask_first(request, question, gettext("Cancel the import")):
            return asked
    services.cancel(job.pk, by=by)
    if job.state in UNDER_WAY:
        messages.success(request, gettext("The import was cancelled."))
        return redirect("import_job", import_id=job.pk)
    messages.success(request, gettext("The import is forgotten; what it brought stays."))
    return redirect("import")


def _shown(job: Import) -> dict[str, Any]:
    return {
        "id": job.pk,
        "name": job.name,
        "format": FORMATS.get(job.format, job.format),
        "state": job.state,
        "words": STATES.get(job.state, job.state),
        "is_over": job.state not in UNDER_WAY,
        "dry_run": job.options["dry_run"],
        "done": job.done,
        "total": job.total,
        "percent": min(100, 100 * job.done // job.total) if job.total else 0,
        "counts": [(KINDS.get(kind, kind), count) for kind, count in sorted(job.counts.items())],
        "why": _translated(job.why),
        "size": job.size,
        "created_at": job.created_at,
    }


def _translated(why: str) -> str:
    return said(why) or why
