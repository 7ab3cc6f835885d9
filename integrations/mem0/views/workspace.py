"""Who is there, and in which organisation and project: there is one of each."""

from typing import Any

from rest_framework.request import Request

from integrations.mem0.views.base import Mem0View, NotOffered
from integrations.mem0.words import WORKSPACE
from memory_hub.core.errors import NotFound
from superthread.scopes import MEMORIES_WRITE


class PingView(Mem0View):
    scopes = {"GET": None}

    def get(self, request: Request) -> dict[str, Any]:
        """The first request of every client: whose the token is."""
        return {
            "status": "ok",
            "org_id": WORKSPACE,
            "project_id": WORKSPACE,
            "user_email": self.principal.email,
        }


class ProjectView(Mem0View):
    scopes = {"GET": None, "PATCH": MEMORIES_WRITE}

    def get(self, request: Request, org: str, project: str) -> dict[str, Any]:
        """What a client may ask of a project: the hub extracts nothing, so nothing is set."""
        if (org, project) != (WORKSPACE, WORKSPACE):
            raise NotFound
        return {
            "org_id": WORKSPACE,
            "project_id": WORKSPACE,
            "name": "Memory Hub",
            "custom_instructions": None,
            "custom_categories": None,
        }

    def patch(self, request: Request, org: str, project: str) -> None:
        """Nothing can be set."""
        raise NotOffered("The settings of a project tell a model what to extract; none does here.")
