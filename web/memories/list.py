"""The list of memories, and what a search finds in it: the reads of the API as a page."""

import time
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.exceptions import ValidationError

from memory_hub.accounts.principal import Principal
from memory_hub.core.errors import BadInput, hub_error
from memory_hub.core.request_stats import note_search
from memory_hub.rate_limits import bill
from memory_hub.rate_limits.prices import READ, SEARCH
from superthread.questions import listed, searched
from superthread.reads.listing import facets
from superthread.serializers.lists import FacetsQuery, ListQuery
from superthread.serializers.searches import SearchBody
from superthread.services import ownership, sharing
from web import problems
from web.accounts.visitors import person
from web.memories.asking import ListForm, asked_by
from web.memories.rows import LISTED, Row, Rows
from web.pages import is_part, signed_in, validated

PAGE = 50  # rows
# Pages that come by themselves when one has read so far; then somebody has to ask for more, so that
# the end of the page can be reached.
BY_ITSELF = 4


@dataclass(frozen=True)
class _Found:
    """``excluded``: words that nothing found may have. ``is_partial``: there is more than was
    looked at."""

    rows: list[Row] = field(default_factory=list)
    next_cursor: str | None = None
    excluded: list[str] = field(default_factory=list)
    is_partial: bool = False


@signed_in("GET")
def memories(request: HttpRequest) -> HttpResponse:
    """A page of the list, newest change first, or of what a search finds, best first. What is wrong
    with the filters is said above them."""
    by, asked = person(request), asked_by(request.GET)
    found, wrong = _Found(), []
    try:
        found = _search(asked, by) if asked.query else _list(asked, by)
    except (BadInput, ValidationError) as error:
        wrong = problems.sentences(hub_error(error))
    page = {
        "found": found,
        "asked": asked,
        "wrong": wrong,
        "teams": [place.team_key for place in by.teams if place.accepted],
        "next_page": asked.page + 1,
        "by_itself": asked.page % BY_ITSELF != 0,
    }
    if asked.is_plain and not is_part(request):
        page["offered"] = _offered(by)
    name = "rows" if is_part(request) else "list"
    return render(request, f"web/memories/{name}.html", page, status=400 if wrong else 200)


def _list(asked: ListForm, by: Principal) -> _Found:
    question = validated(ListQuery, {"limit": str(PAGE), **asked.question()})
    rows = Rows(by)
    page, _ = listed(question, by=by, shape=LISTED, show=rows.of_memory)
    is_partial = page.examined is not None and page.next_cursor is not None
    return _Found(rows.shown(page.items), page.next_cursor, is_partial=is_partial)


def _search(asked: ListForm, by: Principal) -> _Found:
    bill.charge(SEARCH - READ)
    started = time.perf_counter_ns()
    question = validated(SearchBody, {"query": asked.query, "limit": PAGE, **asked.question()})
    rows = Rows(by)
    page = searched(question, by=by, show=rows.of_hit)
    note_search("superthread", len(page.results), time.perf_counter_ns() - started)
    shown = rows.shown(page.results)
    return _Found(shown, page.next_cursor, page.excluded, page.is_cut_short)


def _offered(by: Principal) -> dict[str, int]:
    """How much waits for an answer: memories, memories to own, teams."""
    waiting = {
        "memories": len(sharing.offers(by)),
        "owned": len(ownership.offers(by)),
        "teams": sum(not place.accepted for place in by.teams),
    }
    return waiting if any(waiting.values()) else {}


@signed_in("GET")
def suggestions(request: HttpRequest) -> HttpResponse:
    """The categories and tags that there are, for the fields of the filters."""
    place = validated(FacetsQuery, {})
    found = facets(by=person(request), place={**place, "team_key": None, "category": None})
    return render(request, "web/memories/suggestions.html", found)
