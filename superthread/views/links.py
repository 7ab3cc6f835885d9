"""Where memories lead, and what leads to them."""

from typing import Any

from django.db import transaction
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.rate_limits.bill import charge
from superthread.policies import Role
from superthread.reads import links
from superthread.scopes import MEMORIES_READ
from superthread.serializers.links import LinksOut, LinksQuery, RelinkedOut, Relinking
from superthread.services import relinking
from superthread.views.base import MemoriesView


class LinksView(MemoriesView):
    queries = {"GET": LinksQuery}
    problems = {"POST": (412,)}

    @extend_schema(operation_id="memory_links", parameters=[LinksQuery], responses=LinksOut)
    def get(self, request: Request, doc_id: str) -> dict[str, Any]:
        """What the memory's text links to, with the memories that are there for the caller, and a
        page of those that link to it."""
        found = links.links_of(doc_id=doc_id, by=self.principal)
        back, cursor = links.backlinks_of(doc_id=doc_id, by=self.principal, **self.asked())
        return {"links": found, "backlinks": back, "next_cursor": cursor}

    def asked(self) -> dict[str, Any]:
        return {"limit": self.parameters["limit"], "cursor": self.parameters.get("cursor")}

    @extend_schema(operation_id="rewrite_links", request=Relinking, responses=RelinkedOut)
    def post(self, request: Request, doc_id: str) -> dict[str, Any]:
        """After a rename: makes the links that say the path of before lead to the present one, in
        all memories of its space that the caller may edit, 200 a call, all of them or none. With
        `dry_run` it names them first."""
        with transaction.atomic():
            done = relinking.carry_out(self.prepared)
        return {
            "memories": [
                {
                    "doc_id": str(one["doc_id"]),
                    "path": one["path"],
                    "title": one["title"],
                    "links": count,
                    "revision": outcome["revision"] if outcome else one["revision"],
                }
                for (one, count), outcome in zip(done.sources, done.outcomes, strict=True)
            ],
            "more": done.more,
        }

    def prepare_post(self, request: Request, doc_id: str) -> relinking.Rewriting:
        self.require(MEMORIES_READ)
        body = self.body_or(Relinking, lambda: self.find(doc_id, Role.VIEWER))
        ready = relinking.prepare(
            doc_id=doc_id, old=body["from"], dry_run=body["dry_run"], by=self.principal
        )
        charge(len(ready.sources))
        return ready
