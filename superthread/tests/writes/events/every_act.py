"""All acts at the admin and all commands that write, as data: which events each must tell of."""

from dataclasses import dataclass, field
from typing import Any

from superthread.tests.writes.events.every_write import JUN, MINA, NEW, SORA


@dataclass(frozen=True)
class Act:
    """What a person does at the admin: the page, the fields of its form, what must be told."""

    page: str
    events: list[str]
    fields: dict[str, Any] = field(default_factory=dict)


_NEW_PASSWORD = {"password1": "another long pass phrase", "password2": "another long pass phrase"}
_NO_MEMBERS = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
# At the team's own page its members stand, too.
_JUN = {"id": "{place}", "team": "{alpha}", "email": JUN, "role": "member"}
_MINA = {"id": "{lead}", "team": "{alpha}", "email": MINA, "role": "admin"}


def _members(*forms: dict[str, str]) -> dict[str, Any]:
    """The fields of the page, with those who are in the team and those to come."""
    rows = {
        f"memberships-{n}-{name}": value
        for n, form in enumerate(forms)
        for name, value in form.items()
    }
    counted = {"memberships-TOTAL_FORMS": len(forms), "memberships-INITIAL_FORMS": 2}
    return {"name": "", "default_role": "viewer", **counted, **rows}


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
    "change what a group may": Act(
        "auth/group/{group}/change/",
        [f"account updated {SORA}"],
        {"name": "keepers", "permissions": "{permission}"},
    ),
    "rename a group": Act("auth/group/{group}/change/", [], {"name": "guards"}),
    "delete a group": Act(
        "auth/group/{group}/delete/", [f"account updated {SORA}"], {"post": "yes"}
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
    "add a member at the team": Act(
        "accounts/team/{alpha}/change/",
        [f"membership joined {NEW}"],
        _members(_JUN, _MINA, {"email": NEW, "role": "member"}),
    ),
    "change a member at the team": Act(
        "accounts/team/{alpha}/change/",
        [f"membership role {JUN}"],
        _members({**_JUN, "role": "admin"}, _MINA),
    ),
    "remove a member at the team": Act(
        "accounts/team/{alpha}/change/",
        [f"membership left {JUN}", f"grant ended {JUN}"],
        _members({**_JUN, "DELETE": "on"}, _MINA),
    ),
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
