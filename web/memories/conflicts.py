"""What somebody wrote beside what others saved meanwhile, and a proposal made of both."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import HubError
from superthread.reads.representation import Row
from superthread.services import history
from web.memories.comparing import comparison
from web.memories.described import Described
from web.memories.forms import form_of
from web.memories.merging import merged


def shown(
    request: HttpRequest, row: Row, mine: Described, version: int, by: Principal
) -> HttpResponse:
    """The page for somebody who wrote ``mine`` from this version, where ``row`` is what there is
    now. The form on it saves upon that."""
    theirs = Described.of(row)
    base = _base(row, version, by)
    proposal, both = theirs.with_changes(base or theirs, mine)
    told: dict[str, Any] = {"both": [(name, getattr(theirs, name)) for name in both]}
    content = mine.content
    try:
        history.charge_for_comparing(
            sum(len(one.content.encode()) for one in (mine, theirs, base or theirs))
        )
    except HubError:
        # Whatever is refused, what they wrote is not.
        told["refused"] = True
    else:
        old = base.content if base else ""
        names = (gettext("yours"), gettext("saved meanwhile"))
        found = merged(old, mine.content, theirs.content, names=names)
        content = found.text
        told |= {
            "conflicts": found.conflicts,
            "mine_changed": comparison(old if base else theirs.content, mine.content),
            "theirs_changed": comparison(old, theirs.content) if base else None,
        }
    written = replace(proposal, content=content)
    beside = {"mine": mine.content, "theirs": theirs.content, "merging": "1"}
    page = form_of(row, written, by, **beside) | told
    return render(request, "web/memories/conflict.html", page, status=HTTPStatus.CONFLICT)


def _base(row: Row, version: int, by: Principal) -> Described | None:
    """What they wrote it from; None where that is not known any more."""
    doc_id = str(row["doc_id"])
    try:
        found = history.compared(doc_id=doc_id, by=by, old=version, new=version)
    except HubError:
        return None
    return Described.of(found.old)
