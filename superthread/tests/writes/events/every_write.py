"""All requests that write, as data: which events each must tell of.

An event reads as what it is of, what happened, and to whom where it has an address.
"""

from dataclasses import dataclass, field
from typing import Any

MEMORY = "superthread/memories/<str:doc_id>"
MEMBER = "accounts/teams/<str:team_key>/members/<str:email>"
VERSIONS = "superthread/versions/<str:doc_id>"
BY_PATH = "superthread/by-path"
WEBHOOK = "superthread/webhooks/<str:webhook_id>"
MINA, JUN, SORA, NEW = (f"{name}@example.com" for name in ("mina", "jun", "sora", "new"))


@dataclass(frozen=True)
class Write:
    """A request in the world of `test_every_write_tells.py`; ``{…}`` stand for its ids."""

    events: list[str]
    body: Any = None
    query: str = ""
    fills: dict[str, str] = field(default_factory=dict)
    who: str = "mina"


# "METHOD route": the writes that it makes.
ROUTES: dict[str, list[Write]] = {
    "POST accounts/tokens": [
        Write(["token created"], {"scopes": ["memories:read"]}),
    ],
    "DELETE accounts/tokens/<str:token_id>": [
        # With the one that it made.
        Write(["token revoked", "token revoked"]),
    ],
    "POST accounts/teams": [Write(["team created"], {"team_key": "gamma"})],
    "PATCH accounts/teams/<str:team_key>": [
        Write(["team updated"], {"name": "Another"}),
        Write([], {"name": ""}),
    ],
    "DELETE accounts/teams/<str:team_key>": [Write(["team deleted"], fills={"team_key": "empty"})],
    "POST accounts/teams/<str:team_key>/accept": [
        Write([f"membership accepted {JUN}"], fills={"team_key": "beta"}, who="jun"),
        Write([], who="jun"),
    ],
    "PUT accounts/blocks/<str:email>": [
        Write([f"block blocked {NEW}"], fills={"email": NEW}),
        Write([], fills={"email": SORA}),
    ],
    "DELETE accounts/blocks/<str:email>": [
        Write([f"block unblocked {SORA}"], fills={"email": SORA}),
        Write([], fills={"email": NEW}),
    ],
    f"PUT {MEMBER}": [
        Write([f"membership invited {NEW}"], {"role": "member"}, fills={"email": NEW}),
        Write([f"membership role {JUN}"], {"role": "admin"}, fills={"email": JUN}),
        Write([], {"role": "member"}, fills={"email": JUN}),
    ],
    f"DELETE {MEMBER}": [
        # With what was granted of the team's memories.
        Write([f"membership left {JUN}", f"grant ended {JUN}"], fills={"email": JUN}),
    ],
    "POST superthread/memories": [Write(["memory created"], {"content": "One more."})],
    f"PATCH {MEMORY}": [
        Write(["memory updated"], {"content": "Another."}),
        Write(["memory updated"], {"category": "b", "metadata": {"tags": ["c"]}}),
        Write(["memory moved"], {"scope": "public", "category": "b"}),
        Write([], {"content": "Jun has the key."}),
        Write(["memory updated"], {"path": "keys/jun.md"}),
    ],
    f"DELETE {MEMORY}": [
        Write(["memory trashed"]),
        Write(["memory purged"], query="?permanent=true"),
    ],
    f"POST {MEMORY}/links": [
        Write(["memory updated"], {"from": "gone.md"}, fills={"doc_id": "{pathed}"}),
        Write([], {"from": "gone.md", "dry_run": True}, fills={"doc_id": "{pathed}"}),
    ],
    f"POST {MEMORY}/undelete": [Write(["memory undeleted"], fills={"doc_id": "{trashed}"})],
    f"POST {MEMORY}/transfer": [
        Write([f"transfer offered {JUN}"], {"to": JUN}),
        Write([f"transfer withdrawn {JUN}"], {"to": None}, fills={"doc_id": "{offered}"}),
        Write(
            [f"transfer declined {JUN}"],
            {"accept": False},
            fills={"doc_id": "{offered}"},
            who="jun",
        ),
        Write(
            ["memory transferred", f"grant given {MINA}"],
            {"accept": True},
            fills={"doc_id": "{offered}"},
            who="jun",
        ),
    ],
    f"PUT {BY_PATH}/personal/<path:path>": [
        Write(["memory created"], {"content": "One more."}, fills={"path": "new.md"}),
        Write(["memory updated"], {"content": "Another."}),
        Write([], {"content": "At a path."}),
    ],
    f"PUT {BY_PATH}/team/<str:team_key>/<path:path>": [
        Write(["memory created"], {"content": "One more."}),
    ],
    f"PUT {BY_PATH}/public/<path:path>": [Write(["memory created"], {"content": "One more."})],
    f"DELETE {BY_PATH}/personal/<path:path>": [
        Write(["memory trashed"]),
        Write(["memory purged"], query="?permanent=true"),
    ],
    f"DELETE {BY_PATH}/team/<str:team_key>/<path:path>": [
        Write(["memory trashed"], fills={"path": "team.md"}),
    ],
    f"DELETE {BY_PATH}/public/<path:path>": [
        Write(["memory trashed"], fills={"path": "public.md"}),
    ],
    "POST superthread/holds": [
        Write(["hold placed"], {"doc_id": "{doc_id}", "reason": "a case"}, who="keeper"),
        Write(["hold placed"], {"team_key": "alpha", "reason": "a case"}, who="keeper"),
    ],
    "DELETE superthread/holds/<str:hold_id>": [Write(["hold lifted"], who="keeper")],
    "POST superthread/shares/<str:doc_id>": [
        Write([f"grant accepted {SORA}"], {"accept": True}, who="sora"),
        Write(
            [f"block blocked {MINA}", f"grant ended {SORA}"],
            {"accept": False, "block": True},
            who="sora",
        ),
    ],
    "POST superthread/categories/rename": [
        Write(["memory updated"], {"from": "old", "to": "new"}),
    ],
    "POST superthread/batch/save": [
        Write(["memory created"] * 2, {"memories": [{"content": "1"}, {"content": "2"}]}),
        Write([], {"memories": [{"content": "1"}, {"content": ""}], "atomic": True}),
        Write([], {"memories": [{"content": "1"}], "dry_run": True}),
    ],
    "POST superthread/batch/update": [
        Write(["memory updated"], {"updates": [{"doc_id": "{doc_id}", "category": "z"}]}),
    ],
    "POST superthread/batch/delete": [Write(["memory trashed"], {"doc_ids": ["{doc_id}"]})],
    "POST superthread/permissions/<str:doc_id>": [
        Write(
            [f"grant given {JUN}", f"grant offered {NEW}", f"grant ended {SORA}"],
            {"permissions": {JUN: "viewer", NEW: "editor", SORA: None}},
        ),
        Write([f"grant changed {SORA}"], {"permissions": {SORA: "admin"}}),
        Write([], {"permissions": {SORA: "viewer"}}),
    ],
    # What the file becomes is told when it does: superthread/tests/imports.
    "POST superthread/imports": [Write([], {"content": "a file"}, query="?filename=a.jsonl")],
    "DELETE superthread/imports/<str:import_id>": [Write([])],
    "POST superthread/exports": [Write([], {"format": "markdown"})],
    "DELETE superthread/exports/<str:export_id>": [Write([])],
    "POST superthread/webhooks": [
        Write(["webhook created"], {"url": "https://hooks.example.com/"}),
    ],
    f"PATCH {WEBHOOK}": [
        Write(["webhook updated"], {"kinds": ["memory.gone"]}),
        Write([], {"kinds": []}),
    ],
    f"DELETE {WEBHOOK}": [Write(["webhook deleted"])],
    f"POST {WEBHOOK}/pause": [
        Write(["webhook paused"]),
        Write([], fills={"webhook_id": "{paused_webhook}"}),
    ],
    f"POST {WEBHOOK}/resume": [
        Write(["webhook resumed"], fills={"webhook_id": "{paused_webhook}"}),
        Write([]),
    ],
    f"POST {WEBHOOK}/rotate": [Write(["webhook rotated"])],
    f"POST {WEBHOOK}/test": [Write(["webhook tested"])],
    f"POST {VERSIONS}": [Write(["memory version_named"], query="?description=a+release")],
    f"POST {VERSIONS}/restore/<str:version_id>": [
        Write(["memory updated"], fills={"doc_id": "{old}"}),
    ],
    f"POST {VERSIONS}/redact/<str:version_id>": [
        Write(["memory redacted"], fills={"doc_id": "{old}"}),
    ],
}
# What changes nothing of the hub's own.
SILENT = {
    "POST superthread/search": "reads",
    "POST google-docs/search": "reads",
}
# Google keeps these memories: google_docs/tests/store/test_every_write_tells.py.
GOOGLE = "google-docs/"
