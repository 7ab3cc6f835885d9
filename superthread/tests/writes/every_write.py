"""All writes there are, as data: which events each must tell of.

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


@dataclass(frozen=True)
class Act:
    """What a person does at the admin: the page, the fields of its form, what must be told."""

    page: str
    events: list[str]
    fields: dict[str, Any] = field(default_factory=dict)


_NEW_PASSWORD = {"password1": "another long pass phrase", "password2": "another long pass phrase"}
_NO_MEMBERS = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
ADMIN = {
    "trash": Act("superthread/memory/{memory}/trash/", ["memory trashed"]),
    "undelete": Act("superthread/memory/{trashed}/undelete/", ["memory undeleted"]),
    "trash_chosen": Act(
        "superthread/memory/",
        ["memory trashed"],
        {"action": "trash_chosen", "_selected_action": "{memory}"},
    ),
    "undelete_chosen": Act(
        "superthread/memory/",
        ["memory undeleted"],
        {"action": "undelete_chosen", "_selected_action": "{trashed}"},
    ),
    "restore": Act("superthread/version/{version}/restore/", ["memory updated"]),
    "place a hold": Act(
        "superthread/hold/add/", ["hold placed"], {"memory": "{memory}", "reason": "a case"}
    ),
    "lift a hold": Act("superthread/hold/{hold}/delete/", ["hold lifted"], {"post": "yes"}),
    "redact": Act("superthread/version/{version}/redact/", ["memory redacted"]),
    "add a grant": Act(
        "superthread/grant/add/",
        [f"grant given {NEW}"],
        {"memory": "{memory}", "email": NEW, "role": 1},
    ),
    "change a grant": Act(
        "superthread/grant/{grant}/change/", [f"grant given {SORA}"], {"role": 3}
    ),
    "delete a grant": Act(
        "superthread/grant/{grant}/delete/", [f"grant ended {SORA}"], {"post": "yes"}
    ),
    "add a user": Act(
        "accounts/user/add/",
        [f"account created {NEW}"],
        {"email": NEW, "usable_password": "false"},
    ),
    "change a user": Act(
        "accounts/user/{jun}/change/",
        [f"account updated {JUN}"],
        {"email": JUN, "is_active": "on", "is_staff": "on"},
    ),
    "change an address": Act(
        "accounts/user/{jun}/change/",
        [
            f"account address {NEW}",
            # Of what waits for an answer, only an offer to own a memory is known to be theirs.
            *(f"transfer withdrawn {JUN}", f"transfer offered {NEW}"),
            *(f"grant ended {JUN}", f"grant given {NEW}"),
            *(f"membership left {JUN}", f"membership joined {NEW}"),
        ],
        {"email": NEW, "is_active": "on"},
    ),
    "shut a user out": Act(
        "accounts/user/{jun}/change/",
        [f"account deactivated {JUN}", f"grant ended {JUN}"],
        {"email": JUN},
    ),
    "set a password": Act(
        "accounts/user/{jun}/password/", [f"account password {JUN}"], _NEW_PASSWORD
    ),
    "delete a user": Act(
        "accounts/user/{idle}/delete/",
        ["membership left idle@example.com", "account deleted idle@example.com"],
        {"post": "yes"},
    ),
    "deactivate": Act(
        "accounts/user/",
        [f"account deactivated {JUN}", f"grant ended {JUN}"],
        {"action": "deactivate", "_selected_action": "{jun}"},
    ),
    "activate": Act(
        "accounts/user/",
        ["account activated out@example.com"],
        {"action": "activate", "_selected_action": "{out}"},
    ),
    "add a token": Act(
        "accounts/token/add/",
        ["token created"],
        {"user": "{jun}", "name": "t", "scopes": ["memories:read"], "days": 9},
    ),
    "prove_address": Act(
        "accounts/user/{vouched}/prove_address/", ["account proven vouched@example.com"]
    ),
    "remove_factors": Act(
        "accounts/user/{vouched}/remove_factors/", ["account factors vouched@example.com"]
    ),
    # Used or not, that is told when the password is set.
    "reset_link": Act("accounts/user/{jun}/reset_link/", []),
    "revoke": Act("accounts/token/{token}/revoke/", ["token revoked", "token revoked"]),
    "revoke_chosen": Act(
        "accounts/token/",
        ["token revoked", "token revoked"],
        {"action": "revoke_chosen", "_selected_action": "{token}"},
    ),
    "instruct AI clients": Act(
        "mcp/instructions/add/", ["instructions updated"], {"text": "Be brief."}
    ),
    "add a team": Act(
        "accounts/team/add/",
        ["team created"],
        {"key": "gamma", "name": "", "default_role": "viewer", **_NO_MEMBERS},
    ),
    "change a team": Act(
        "accounts/team/{alpha}/change/",
        ["team updated"],
        {"name": "Another", "default_role": "viewer", **_NO_MEMBERS},
    ),
    "delete a team": Act("accounts/team/{empty}/delete/", ["team deleted"], {"post": "yes"}),
    "add a member": Act(
        "accounts/membership/add/",
        [f"membership joined {NEW}"],
        {"team": "{alpha}", "email": NEW, "role": "member"},
    ),
    "change a member": Act(
        "accounts/membership/{place}/change/", [f"membership role {JUN}"], {"role": "admin"}
    ),
    "change nothing of a member": Act(
        "accounts/membership/{place}/change/", [], {"role": "member"}
    ),
    "remove a member": Act(
        "accounts/membership/{place}/delete/",
        [f"membership left {JUN}", f"grant ended {JUN}"],
        {"post": "yes"},
    ),
    "pause": Act("webhooks/webhook/{webhook}/pause/", ["webhook paused"]),
    "resume": Act("webhooks/webhook/{paused_webhook}/resume/", ["webhook resumed"]),
    "pause_chosen": Act(
        "webhooks/webhook/",
        ["webhook paused"],
        {"action": "pause_chosen", "_selected_action": "{webhook}"},
    ),
    "resume_chosen": Act(
        "webhooks/webhook/",
        ["webhook resumed"],
        {"action": "resume_chosen", "_selected_action": "{paused_webhook}"},
    ),
    "delete a webhook": Act(
        "webhooks/webhook/{webhook}/delete/", ["webhook deleted"], {"post": "yes"}
    ),
}


# Commands with their arguments; what must be told, and by whom: "import" or "command".
COMMANDS: dict[str, tuple[list[str], list[str], str]] = {
    "create_token": ([NEW], [f"account created {NEW}", "token created"], "command"),
    "set_member": (
        ["gamma", NEW, "--default-role", "editor"],
        ["team created", f"membership joined {NEW}"],
        "command",
    ),
    "changepassword": ([MINA], [f"account password {MINA}"], "command"),
    "createsuperuser": (
        ["--no-input", "--email", NEW],
        [f"account created {NEW}"],
        "command",
    ),
    # It does at once what the hub does by itself.
    "purge_expired": ([], ["memory expired", "memory purged"], "hub"),
    "hold": (["place", "--memory", "{old}", "--reason", "x"], ["hold placed"], "command"),
    "redact_version": (["{old}", "1", "--yes"], ["memory redacted"], "command"),
    "reindex": (["--all", "--quiet"], ["memory updated"], "command"),
    "import_memories": (
        ["{lines}", "--as", MINA, "--verbosity", "0"],
        ["memory created", "memory created", "memory amended", f"grant offered {NEW}"],
        "import",
    ),
}
