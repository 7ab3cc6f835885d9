"""The store as a whole: statistics, what it can do, whether Google can be used."""

import asyncio
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from google_docs.access.folders import trouble
from google_docs.access.reachable import DocsCaller, note_trouble
from google_docs.backend import unreachable
from google_docs.client import discovery
from google_docs.client.answer_cache import kept
from google_docs.errors import CONNECT_PAGE, GoogleDocsError
from google_docs.serializers import answers, requests
from google_docs.store import batch, file_properties, overview
from google_docs.store.space import Space
from google_docs.views.base import DocsView
from memory_hub.api.describing import extend_schema
from memory_hub.core.errors import JsonAnswer
from memory_hub.core.links import link_to
from memory_hub.threads.worker_pool import run_in_worker
from superthread import limits
from superthread.serializers.store import StatsOut

LIBRARIES = ("google-api-python-client", "google-auth", "google-auth-httplib2", "httplib2")
HEALTH_SECONDS = 3.0


def _testing_hint() -> str:
    return (
        "While the consent screen is in testing, Google ends every consent after 7 days; "
        f"connect again at {link_to(CONNECT_PAGE)} or publish the app."
    )


class StatsView(DocsView):
    @extend_schema(operation_id="docs_stats", responses=StatsOut)
    async def get(self, request: Request) -> dict[str, Any]:
        """Counts and sizes over the caller's memories in Google Docs; up to 60 s old."""
        caller = await self.caller()
        # A team joined or left is another answer.
        key = (self.principal.user_id, tuple(space.key for space in caller.reach.listed))
        return await kept(caller.google.statistics, key, lambda: overview.statistics(caller.reach))


class InfoView(DocsView):
    problems = {}
    needs_google = False

    @extend_schema(operation_id="docs_info", responses=answers.DocInfoOut)
    def get(self, request: Request) -> dict[str, Any]:
        """What this store can do and how it is set up; asks nothing of Google."""
        config = settings.GOOGLE_DOCS
        return {
            "name": "Memory Hub",
            "type": "google-docs",
            "version": settings.VERSION,
            "configured": config.configured,
            "missing": config.missing(),
            "mode": config.mode,
            "double": config.double,
            "unreachable": unreachable(),
            "scopes": list(config.scopes),
            "folder_id": config.folder_id or None,
            "drive_id": config.drive_id or None,
            "features": ["search", "permissions", "teams", "snapshots", "restore", "expiry"],
            "limits": {
                "content_bytes": limits.CONTENT_BYTES,
                "metadata_bytes": requests.METADATA_BYTES,
                "property_bytes": file_properties.PROPERTY_BYTES,
                "batch_items": batch.MAX_ITEMS,
                "page": limits.PAGE,
                "search_page": requests.SEARCH_LIMIT,
                "docs_reads_per_minute": config.limits.docs_reads,
                "docs_writes_per_minute": config.limits.docs_writes,
                "drive_units_per_minute": config.limits.drive,
            },
            "libraries": {name: version(name) for name in LIBRARIES},
            "discovery": discovery.revisions(),
        }


class HealthView(DocsView):
    @extend_schema(
        operation_id="docs_health",
        responses={200: answers.DocHealthOut, 503: answers.DocHealthOut},
    )
    async def get(self, request: Request) -> HttpResponse:
        """Asks Google who the caller's credentials are; at most every 15 s, within 3 s."""
        caller = await self.caller()
        identities = {space.calls.identity: space for space in caller.reach.spaces}
        credentials: list[dict[str, Any]] = await asyncio.gather(
            *(_credential(caller, space) for space in identities.values())
        )
        credentials += [_unusable(key, error) for key, error in caller.reach.broken.items()]
        folders = await asyncio.gather(
            *(_folder(caller, space) for space in caller.reach.spaces if space.folder)
        )
        healthy = all(item["status"] == "ok" for item in credentials) and not any(
            folder["trouble"] for folder in folders
        )
        config = settings.GOOGLE_DOCS
        status = {
            "status": "healthy" if healthy else "unhealthy",
            "type": "google-docs",
            "mode": config.mode,
            "double": config.double,
            "credentials": credentials,
            "folders": folders,
            "hint": _testing_hint() if config.oauth and not healthy else None,
        }
        return JsonAnswer(status, 200 if healthy else 503)


def _unusable(space: str, error: GoogleDocsError) -> dict[str, Any]:
    """A credential that Google cannot even be asked with."""
    state = {"account": None, "status": error.code, "detail": str(error)}
    times = dict.fromkeys(("expires_at", "last_refresh", "consent_ends_at", "warning"))
    return {"space": space} | state | times


async def _credential(caller: DocsCaller, space: Space) -> dict[str, Any]:
    """The state of one credential, in words."""
    calls = space.calls

    async def ask() -> dict[str, Any]:
        try:
            about = await asyncio.wait_for(calls.about(), HEALTH_SECONDS)
            return {"account": about["user"]["emailAddress"], "status": "ok", "detail": None}
        except GoogleDocsError as error:
            return {"account": None, "status": error.code, "detail": str(error)}
        except TimeoutError:
            detail = f"Google did not answer within {HEALTH_SECONDS:g} s."
            return {"account": None, "status": "google-timeout", "detail": detail}

    state = await kept(caller.google.health, calls.identity, ask)
    ends = caller.ending(space)
    return {"space": space.key} | state | calls.credentials.describe() | ends


async def _folder(caller: DocsCaller, space: Space) -> dict[str, Any]:
    """Whether the folder of a space is where its memories can be found."""

    async def ask() -> dict[str, Any]:
        words = await trouble(space.calls.hasty(), space.folder)
        await run_in_worker(note_trouble, space.folder, words or "")
        return {"space": space.key, "trouble": words}

    key = (space.calls.identity, space.folder)
    return await kept(caller.google.health, key, ask)
