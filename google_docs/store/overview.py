"""The store as a whole: counts, and whether Google can be used."""

import asyncio
from collections import Counter
from typing import Any

from google_docs.client.calls import File
from google_docs.client.file_queries import all_of, child_of, has
from google_docs.store.exactly_once import of_each_key, settle_seen
from google_docs.store.file_properties import number
from google_docs.store.space import Reach, Space, expired

COUNTED = "id,size,quotaBytesUsed,appProperties,createdTime,modifiedTime"


async def statistics(reach: Reach) -> dict[str, Any]:
    """Counts and sizes over what the caller can list, and the quota of their account."""
    identities = {space.calls.identity: space.calls for space in reach.listed}
    files, abouts = await asyncio.gather(
        asyncio.gather(*(_all_files(space) for space in reach.listed if space.folder)),
        asyncio.gather(*(calls.about() for calls in identities.values())),
    )
    counted = [file for group in files for file in group]
    own = [file.get("appProperties", {}) for file in counted]
    size = sum(number(facts.get("len")) for facts in own)
    quotas = [about.get("storageQuota", {}) for about in abouts]
    limits = [int(quota["limit"]) for quota in quotas if "limit" in quota]
    return {
        "total_documents": len(counted),
        "total_size": size,
        "storage_used": sum(int(quota.get("usage", 0)) for quota in quotas),
        "storage_limit": sum(limits) if limits else None,
        "average_size": round(size / len(counted), 1) if counted else 0.0,
        "members": len({facts.get("by") for facts in own}),
        "teams": sum(space.scope == "team" for space in reach.listed),
        "by_scope": dict(Counter(facts.get("scope", "") for facts in own)),
        "by_category": dict(Counter(facts.get("category", "") for facts in own)),
    }


async def _all_files(space: Space) -> list[File]:
    found: list[File] = []
    page = None
    query = all_of(child_of(space.folder), "trashed=false", has("mh", "1"))
    while True:
        answer = await space.calls.files(query, size=1000, page=page, fields=COUNTED)
        found += [file for file in answer.get("files", []) if not expired(file)]
        page = answer.get("nextPageToken")
        if page is None:
            break
    counted, twins = of_each_key(found)
    settle_seen(space.calls, twins)
    return counted
