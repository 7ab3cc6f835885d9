"""What the OpenAPI document says before its operations: what holds for all of them."""

from typing import Any

DESCRIPTION = """\
A self-hosted git for what LLMs and teams remember.

**Who is asking.** Every request has `Authorization: Bearer mh_…`; `Token mh_…`, `Basic` with the
token as the password, and `x-api-key: mh_…` are the same. `manage.py create_token EMAIL`
makes the first token, `POST /accounts/tokens` further ones. To try things on this page, give one to
*Authorize*, without the word Bearer.

**Errors** are problem details (RFC 9457): `code` is for programs, `detail` and `errors` say what is
wrong and where, and `request_id` is in the log of the hub.

**Safe writes.** With an `Idempotency-Key` a write may be sent again for 24 hours and is carried out
once. With `If-Match` and the `ETag` of what was read, a change that would hide somebody else's is
refused with 412.

**Pages.** Lists take `limit` and `cursor`: the `next_cursor` of the page before, null on the last.
A page ends before its `limit` where it would have more than 8 MB; only a null cursor ends a list.

**Limits.** A read costs 1 point, a search 3, a write 5, and what is large more (`/superthread/info`
has the table); `RateLimit-Remaining` tells what is left.
After 429 and 503 wait for the seconds of `Retry-After`: nothing was changed. A 503 without it, code
`outcome-unknown`, may have been carried out; `detail` says how to find out.
"""

# Names for enumerations that several fields share.
_ENUMERATIONS = {
    "MemoryScope": ["personal", "team", "public"],
    "SearchScope": ["personal", "team", "public", "all"],
    "DocScope": ["personal", "team"],
    "DocListScope": ["personal", "team", "all"],
    "DocRole": ["viewer", "editor", "admin", "owner"],
    "MemoryRole": ["none", "viewer", "editor", "admin", "owner"],
    "GrantRole": ["viewer", "editor", "admin"],
    "TeamRole": ["member", "admin"],
    "DefaultRole": ["viewer", "editor"],
    "StateEnum": ["active", "paused"],
    "ImportState": ["waiting", "running", "done", "failed", "cancelled"],
    "OutcomeKind": ["saved", "changed", "unchanged", "skipped", "failed", "noted"],
    # Of tokens; generated clients know it by this name.
    "ScopesEnum": "memory_hub.accounts.scopes.every_scope",
}


def document_settings(version: str, prefix: str) -> dict[str, Any]:
    """What drf-spectacular is told: about the whole document, and names for enumerations that
    several fields share."""
    return {
        "TITLE": "Memory Hub",
        "DESCRIPTION": DESCRIPTION,
        "VERSION": version,
        "CONTACT": {"name": "The operator of this hub"},
        "LICENSE": {
            "name": "Apache 2.0",
            "url": "https://www.apache.org/licenses/LICENSE-2.0.html",
        },
        "SERVERS": [{"url": prefix or "/", "description": "this hub"}],
        "SERVE_INCLUDE_SCHEMA": False,
        "DEFAULT_GENERATOR_CLASS": "memory_hub.api.openapi.HubGenerator",
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        "REDOC_DIST": "SIDECAR",
        "COMPONENT_SPLIT_REQUEST": True,
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "memory_hub.api.openapi.add_tags",
            "memory_hub.api.openapi.write_out_words_or_null",
            "memory_hub.api.openapi.drop_unused",
        ],
        "SORT_OPERATIONS": False,
        "ENUM_NAME_OVERRIDES": _ENUMERATIONS,
    }
