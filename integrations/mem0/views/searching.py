"""Lists and searches, of what the token may see and the filters ask for."""

import time
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from integrations.mem0.filters import filters_of
from integrations.mem0.serializers import PAGE, USUAL, ListBody, Named, PageQuery, SearchBody
from integrations.mem0.views.base import Mem0View, with_ignored
from memory_hub.core.errors import BadInput
from memory_hub.core.request_stats import note_search
from superthread.reads import numbered
from superthread.reads.filters import Filters
from superthread.scopes import MEMORIES_READ
from superthread.search import service
from superthread.search.parsing import PLAIN
from superthread.views.base import USUAL_PAGE

SMALL = frozenset(map(str, range(1, USUAL_PAGE + 1)))
_PLAIN = service.SearchOptions(syntax=PLAIN)


def asked_filters(asked: dict[str, Any]) -> Filters:
    """The filters of a body; clients of before name for whom beside them. Raises BadInput."""
    if asked.get("show_expired"):
        detail = "What has expired is gone, and is not kept to be shown."
        raise BadInput.at("/show_expired", "not-offered", detail)
    named, given = Named.names_in(asked), asked.get("filters")
    if named:
        given = {"AND": [named, given]} if given else named
    return filters_of({} if given is None else given, asked.get("categories", ()))


def narrowed(told: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """As much of a memory as ``fields`` name, with its id."""
    fields = asked.get("fields")
    if not fields:
        return told
    return {name: value for name, value in told.items() if name == "id" or name in fields}


class ListView(Mem0View):
    scopes = {"POST": MEMORIES_READ}
    reads = ("POST",)
    queries = {"POST": PageQuery}

    def is_large(self, request: HttpRequest) -> bool:
        return super().is_large(request) or request.GET.get("page_size", "100") not in SMALL

    def post(self, request: Request) -> dict[str, Any]:
        """A page of them, newest change first."""
        asked, ignored = self.asked(ListBody)
        return with_ignored(self.listed(asked), ignored)

    def listed(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A page as mem0 has them. ``next`` and ``previous`` are addresses, for the same body."""
        number = asked.get("page", self.parameters["page"])
        size = asked.get("page_size", self.parameters["page_size"])
        found = numbered.page(
            by=self.principal,
            filters=asked_filters(asked),
            number=number,
            size=size,
            show=lambda row: narrowed(self.shown(row), asked),
        )
        told = {
            "count": found.total,
            "next": self._page(number + 1, size) if number * size < found.total else None,
            "previous": self._page(number - 1, size) if number > 1 else None,
            "results": found.items,
        }
        return told if found.complete else told | {"incomplete": True}

    def _page(self, number: int, size: int) -> str:
        query = self.request._request.GET.copy()
        query["page"], query["page_size"] = str(number), str(size)
        return f"{self.request._request.path}?{query.urlencode()}"


class SearchView(Mem0View):
    scopes = {"POST": MEMORIES_READ}
    reads = ("POST",)

    def post(self, request: Request) -> dict[str, Any]:
        """Those that answer the query, best first."""
        asked, ignored = self.asked(SearchBody)
        if asked.get("reference_date") is not None:
            detail = "The hub does not rank by the time that a query speaks of."
            raise BadInput.at("/reference_date", "not-offered", detail)
        started = time.perf_counter_ns()
        scores: list[float] = []

        def show(found: service.ScoredMemory) -> dict[str, Any]:
            scores.append(share(found.score))
            return narrowed(self.shown(found.row), asked) | {"score": scores[-1]}

        page = service.search(
            query=asked["query"].strip(),
            by=self.principal,
            filters=asked_filters(asked),
            how=_PLAIN,
            limit=min(asked.get("top_k", asked.get("limit", USUAL)), PAGE),
            show=show,
        )
        least = asked.get("threshold", 0.0)
        scored = zip(page.results, scores, strict=False)
        results = [one for one, score in scored if score >= least]
        note_search("mem0", len(results), time.perf_counter_ns() - started)
        answer: dict[str, Any] = {"results": results}
        answer |= {"incomplete": True} if page.is_cut_short else {}
        return with_ignored(answer, ignored)


def share(score: float) -> float:
    """A score of the hub's, which has no end, as clients of mem0 know scores: from 0 to 1, in the
    same order."""
    return round(score / (1 + score), 6)
