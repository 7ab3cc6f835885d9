"""Searching memories, and finding those that resemble one."""

import time
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.describing import extend_schema
from memory_hub.core.request_stats import note_search
from superthread.questions import searched
from superthread.scopes import MEMORIES_READ
from superthread.search import service, similar
from superthread.serializers.searches import SearchBody, SearchPage, SimilarPage, SimilarQuery
from superthread.views.base import MemoriesView, shape_of


class SearchView(MemoriesView):
    scopes = {"POST": MEMORIES_READ}
    reads = ("POST",)

    def _caller(self, method: str) -> Principal:
        # Reads though it is a POST: open wherever reading is.
        return super()._caller("GET")

    @extend_schema(
        operation_id="search_memories",
        request=SearchBody,
        responses=SearchPage,
        examples=[
            OpenApiExample("Words", {"query": "배포 일정 deploy"}, request_only=True),
            OpenApiExample(
                "A phrase, without a word",
                {"query": '"release manager" -draft', "scope": "team", "explain": True},
                request_only=True,
            ),
            OpenApiExample(
                "Filters",
                {
                    "query": "deploy",
                    "owner": "me",
                    "updated_from": "2026-11-01T00:00:00Z",
                    "metadata": {"source.kind": {"equals": "stand-up"}},
                },
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> dict[str, Any]:
        """What the caller may read that answers the query, best first.

        Words are alternatives: the more of them and the rarer, the better. A "quoted phrase" must
        occur as written, -word or -"phrase" must not; `excluded` says what was left out. A dash
        before a flag, a number or what memories have behind a dash (`java -jar`) excludes nothing.
        `beginning*` stands for words with that beginning. With `syntax: plain` all of the query is
        text, with `web` every dash excludes. Of equal scores the memory changed later comes first.

        Filters are those of the list. By role, origin, tag and metadata the hits are looked at one
        by one, 2,000 for a page, and phrases are looked for in 2,000 memories: where these were not
        all, `incomplete` says so, the page may hold few or none, and goes on by its cursor.

        With `at` it searches what the caller may edit now as it was then, with the frequencies of
        now. What has changed since is looked at one by one, up to 1,000 memories: 400 `too-far`
        tells the `nearest` moment there is beyond that, and where the journal is not kept for so
        long.
        """
        started = time.perf_counter_ns()
        asked = self.body(SearchBody)
        self.shape = shape_of(asked)
        page = searched(asked, by=self.principal, show=self._result, as_texts=True)
        answer = {
            "results": page.results,
            "count": len(page.results),
            "excluded": page.excluded,
            "incomplete": page.is_cut_short,
            "next_cursor": page.next_cursor,
        }
        if page.explanation is not None:
            answer["explain"] = page.explanation
        took_ns = time.perf_counter_ns() - started
        note_search("superthread", len(page.results), took_ns)
        return {**answer, "took_ms": round(took_ns / 1e6, 1)}

    def _result(self, found: service.ScoredMemory) -> dict[str, Any]:
        result = {**self.shaped(found.row), "score": found.score, "highlight": found.highlight}
        if found.contributions is not None:
            result["explain"] = found.contributions
        return result


class SimilarView(MemoriesView):
    queries = {"GET": SimilarQuery}

    @extend_schema(
        operation_id="similar_memories",
        parameters=[SimilarQuery],
        responses=SimilarPage,
    )
    def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """What the caller may read that resembles this memory, most alike first."""
        memories = similar.similar(
            doc_id=doc_id,
            by=self.principal,
            limit=self.parameters["limit"],
            show=self.shaped,
        )
        return {"memories": memories, "count": len(memories)}
