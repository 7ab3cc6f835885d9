"""What pages with buttons have in common: a button's deed, what refuses it, and asking first."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from memory_hub.api.serializers import StrictSerializer, validated
from memory_hub.core.errors import BadInput, HubError
from web import problems

# What a button does: it returns what is said of it, or an answer of its own.
Deed = Callable[[], str | HttpResponse]
ABSENT = (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)
# Of a form that asked first: whoever sends it has read what will be.
SURE = "sure"


def pressed(request: HttpRequest, deeds: Mapping[str, Deed]) -> HttpResponse | HubError:
    """Carries out the deed of the button that was pressed (``do``) and leads back to the page,
    where it is said. Returns what refused it, to be said on the page itself; raises NotFound and
    what is forbidden, and Http404 for a button that is not there."""
    deed = deeds.get(request.POST.get("do", ""))
    if deed is None:
        raise Http404
    try:
        _require_text(request)
        done = deed()
    except HubError as error:
        if error.status in ABSENT:
            raise
        return error
    if isinstance(done, HttpResponse):
        return done
    messages.success(request, done)
    return redirect(request.get_full_path())


def _require_text(request: HttpRequest) -> None:
    """Raises BadInput for what nobody can type and no database takes."""
    for name, values in request.POST.lists():
        if any("\x00" in value for value in values):
            raise BadInput.at(
                f"/{name}", "control-character", "Control characters are not allowed."
            )


def refused(error: HubError | None) -> dict[str, Any]:
    """What a page is given of what refused its deed."""
    return {"problems": problems.sentences(error)} if error else {}


def status_of(error: HubError | None) -> int:
    """The status of a page with it."""
    return error.status if error else HTTPStatus.OK


def ask_first(request: HttpRequest, question: str, button: str) -> HttpResponse | None:
    """The page that asks whether somebody wants what they are about to do, with the form again;
    None where it has asked."""
    if request.POST.get(SURE):
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    asked = {"question": question, "button": button, "fields": fields}
    return render(request, "web/sure.html", asked)


def understood(kind: type[StrictSerializer], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form as the API understands them. Raises what it raises."""
    found = validated(kind(), dict(fields))
    if isinstance(found, HubError):
        raise found
    return found
