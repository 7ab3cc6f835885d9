"""The permission matrix as data (contract §2): who, which memory, which call, which answer.

A route under ``/superthread`` must have a row for each of its methods, in OPERATIONS where it takes
one memory, in LISTINGS where it shows many, or in ELSEWHERE with the reason why neither fits.
"""

from dataclasses import dataclass
from typing import Any

from superthread.scopes import MEMORIES_READ, MEMORIES_SHARE, MEMORIES_WRITE

NONE, VIEWER, EDITOR, ADMIN, OWNER = range(5)
SCOPES = ("personal", "team", "public")


@dataclass(frozen=True)
class Caller:
    """A principal: what it is to the memory, and the role that follows for each of SCOPES."""

    roles: tuple[int, int, int]
    owner: bool = False
    superuser: bool = False
    member: str | None = None  # of the memory's team
    members_may: str = "viewer"  # the team's default role
    grant: str | None = None
    # The grant or the membership is not accepted yet.
    offered: bool = False

    def role(self, scope: str) -> int:
        return self.roles[SCOPES.index(scope)]

    def lists(self, scope: str) -> bool:
        """Whether the caller's lists hold the memory: not what is only offered."""
        return self.role(scope) >= VIEWER and (scope == "public" or not self.offered)


CALLERS = {
    #                                     personal  team    public
    "stranger": Caller((NONE, NONE, VIEWER)),
    "superuser": Caller((NONE, NONE, VIEWER), superuser=True),
    "member": Caller((NONE, VIEWER, VIEWER), member="member"),
    "member of an editing team": Caller(
        (NONE, EDITOR, VIEWER), member="member", members_may="editor"
    ),
    "team admin": Caller((NONE, ADMIN, VIEWER), member="admin"),
    "viewer by grant": Caller((VIEWER, VIEWER, VIEWER), grant="viewer"),
    "editor by grant": Caller((EDITOR, EDITOR, EDITOR), grant="editor"),
    "admin by grant": Caller((ADMIN, ADMIN, ADMIN), grant="admin"),
    # The highest role that applies counts.
    "member and viewer of an editing team": Caller(
        (VIEWER, EDITOR, VIEWER), member="member", members_may="editor", grant="viewer"
    ),
    "member and editor": Caller((EDITOR, EDITOR, EDITOR), member="member", grant="editor"),
    "team admin and viewer": Caller((VIEWER, ADMIN, VIEWER), member="admin", grant="viewer"),
    # A team's memory is its owner's only while the owner is in the team.
    "owner": Caller((OWNER, NONE, OWNER), owner=True),
    "owner who left, and editor": Caller((OWNER, EDITOR, OWNER), owner=True, grant="editor"),
    "offered viewer": Caller((VIEWER, VIEWER, VIEWER), grant="viewer", offered=True),
    "offered editor": Caller((EDITOR, EDITOR, EDITOR), grant="editor", offered=True),
    "offered admin": Caller((ADMIN, ADMIN, ADMIN), grant="admin", offered=True),
    "invited member": Caller((NONE, VIEWER, VIEWER), member="member", offered=True),
    "invited admin": Caller((NONE, ADMIN, VIEWER), member="admin", offered=True),
    "owner and member": Caller((OWNER, OWNER, OWNER), owner=True, member="member"),
}

# Credentials that are none: 401 on every call, whatever else is wrong with it.
CREDENTIALS_REFUSED = ("missing", "malformed", "mistyped", "unknown", "expired", "revoked")
INACTIVE = "inactive user"


@dataclass(frozen=True)
class Operation:
    """One call on one memory. ``{team_key}`` in a body stands for the memory's own team."""

    method: str
    route: str
    least: int
    status: int
    needs: str = MEMORIES_WRITE
    body: Any = None
    # "{now}" in it stands for the present moment.
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    conditional: bool = False  # takes If-Match
    trashed: bool = False  # on a memory in the trash
    # Only to whom a grant names; others may know the memory, not this.
    granted: bool = False


MEMORY = "superthread/memories/<str:doc_id>"
UNDELETE = "superthread/memories/<str:doc_id>/undelete"
PERMISSIONS = "superthread/permissions/<str:doc_id>"
SHARE = "superthread/shares/<str:doc_id>"
TRANSFER = "superthread/memories/<str:doc_id>/transfer"
VERSIONS = "superthread/versions/<str:doc_id>"
VERSION = "superthread/versions/<str:doc_id>/<str:version_id>"
DIFF = "superthread/versions/<str:doc_id>/diff"
RESTORE = "superthread/versions/<str:doc_id>/restore/<str:version_id>"
REDACT = "superthread/versions/<str:doc_id>/redact/<str:version_id>"
LINKS = "superthread/memories/<str:doc_id>/links"
SIMILAR = "superthread/memories/<str:doc_id>/similar"


def _change(least: int, **body: Any) -> Operation:
    return Operation("PATCH", MEMORY, least, 200, body=body, conditional=True)


OPERATIONS = {
    "read": Operation("GET", MEMORY, VIEWER, 200, MEMORIES_READ),
    "HEAD": Operation("HEAD", MEMORY, VIEWER, 200, MEMORIES_READ),
    "304": Operation(
        "GET", MEMORY, VIEWER, 304, MEMORIES_READ, headers=(("If-None-Match", "*"),)
    ),
    "change content": _change(EDITOR, content="Mina has the key."),
    "change category": _change(EDITOR, category="keys"),
    "change metadata": _change(EDITOR, metadata={"a": 1}),
    "change expiry": _change(EDITOR, expires_at="2100-01-01T00:00:00Z"),
    "change scope": _change(ADMIN, scope="personal"),
    "change team": _change(ADMIN, team_key="{team_key}"),
    "change path": _change(ADMIN, path="keys/another.md"),
    "change content and scope": _change(ADMIN, content="Mina.", scope="personal"),
    "delete": Operation("DELETE", MEMORY, ADMIN, 204, conditional=True),
    "purge": Operation("DELETE", MEMORY, OWNER, 204, query="permanent=true", conditional=True),
    "purge from the trash": Operation(
        "DELETE", MEMORY, OWNER, 204, query="permanent=true", conditional=True, trashed=True
    ),
    "undelete": Operation("POST", UNDELETE, ADMIN, 200, trashed=True),
    "list grants": Operation("GET", PERMISSIONS, ADMIN, 200, MEMORIES_READ),
    "grant": Operation(
        "POST", PERMISSIONS, ADMIN, 200, MEMORIES_SHARE,
        body={"permissions": {"jun@example.com": "admin"}},
    ),
    "withdraw a grant": Operation(
        "POST", PERMISSIONS, ADMIN, 200, MEMORIES_SHARE,
        body={"permissions": {"jun@example.com": None}},
    ),
    "leave a share": Operation(
        "POST", SHARE, VIEWER, 204, MEMORIES_SHARE, body={"accept": False}, granted=True
    ),
    "accept a share": Operation(
        "POST", SHARE, VIEWER, 204, MEMORIES_SHARE, body={"accept": True}, granted=True
    ),
    "withdraw an offer": Operation(
        "POST", TRANSFER, OWNER, 200, MEMORIES_SHARE, body={"to": None}
    ),
    "list versions": Operation("GET", VERSIONS, EDITOR, 200, MEMORIES_READ),
    "name a version": Operation("POST", VERSIONS, EDITOR, 201, query="description=first"),
    "read a version": Operation("GET", VERSION, EDITOR, 200, MEMORIES_READ),
    "read as it was": Operation("GET", MEMORY, EDITOR, 200, MEMORIES_READ, query="at={now}"),
    "compare versions": Operation("GET", DIFF, EDITOR, 200, MEMORIES_READ, query="from=1"),
    "restore a version": Operation("POST", RESTORE, EDITOR, 200, conditional=True),
    # Of the one version there is, which is the present one.
    "redact a version": Operation("POST", REDACT, ADMIN, 409),
    "links": Operation("GET", LINKS, VIEWER, 200, MEMORIES_READ),
    "rewrite links": Operation("POST", LINKS, VIEWER, 200, body={"from": "keys/old.md"}),
    "find similar": Operation("GET", SIMILAR, VIEWER, 200, MEMORIES_READ),
}  # fmt: skip

# What a memory was is its admins' to read from the trash, too.
FOR_ADMINS_IN_TRASH = ("purge", "redact a version", "read as it was")
# A call of these on a memory in the trash is as one that does not exist, for everybody.
GONE_IN_TRASH = [
    name
    for name, operation in OPERATIONS.items()
    if not operation.trashed and name not in (*FOR_ADMINS_IN_TRASH, "find similar")
]


@dataclass(frozen=True)
class Listing:
    """A call that shows many memories: it holds exactly those the caller has ``least`` for."""

    method: str
    route: str
    member: str  # of the answer
    query: str = ""
    body: Any = None
    least: int = VIEWER
    trashed: bool = False


PATH = "keys/quokka.md"  # of every memory of these tests
# In the content of every memory of these tests.
WORD = "quokka"
LISTINGS = {
    "list": Listing("GET", "superthread/memories", "memories", "scope=all"),
    "list of one scope": Listing("GET", "superthread/memories", "memories", "scope={scope}"),
    "list by path": Listing(
        "GET", "superthread/memories", "memories", "scope=all&path_prefix=keys/&depth=1"
    ),
    "list by category": Listing(
        "GET", "superthread/memories", "memories", "scope=all&category=matrix"
    ),
    "search": Listing("POST", "superthread/search", "results", body={"query": WORD}),
    "search by path": Listing(
        "POST", "superthread/search", "results", body={"query": WORD, "path_prefix": "keys/"}
    ),
}

WEBHOOK = "superthread/webhooks/<str:webhook_id>"
# "METHOD route": why there is no row above, and where it is tested instead.
ELSEWHERE = {
    "POST superthread/memories": "makes a memory: test_memories.py",
    "POST superthread/categories/rename": "what the caller may edit: test_writing_small.py",
    "GET superthread/facets": "counts only, of what lists hold: test_reading_lists.py",
    "GET superthread/stats": "counts only, compared with the list: test_permission_matrix.py",
    "GET superthread/info": "no memory: test_query_counts.py",
    "GET superthread/health": "no memory: test_sqlite_writers.py",
    "POST superthread/batch/save": "makes memories: test_batch_save.py",
    "POST superthread/batch/update": "an item is a change: test_batch_change.py",
    "POST superthread/batch/delete": "an item is a delete: test_batch_change.py",
    **{
        f"{method} superthread/by-path/{route}<path:path>": "finds in one space: test_by_path.py"
        for method in ("GET", "PUT", "DELETE")
        for route in ("personal/", "team/<str:team_key>/", "public/")
    },
    "GET superthread/audit": "no content, of whom it concerns: superthread/tests/feed",
    "GET superthread/audit/export": "the same as lines: superthread/tests/feed",
    "GET superthread/audit/head": "no memory: superthread/tests/feed",
    "GET superthread/changes": "no content, compared with lists: superthread/tests/feed",
    "GET superthread/holds": "for staff, no content: test_holds.py",
    "POST superthread/holds": "for staff: test_holds.py",
    "DELETE superthread/holds/<str:hold_id>": "for staff: test_holds.py",
    **dict.fromkeys(
        (
            *("GET superthread/webhooks", "POST superthread/webhooks"),
            *(f"{method} {WEBHOOK}" for method in ("GET", "PATCH", "DELETE")),
            *(f"POST {WEBHOOK}/{act}" for act in ("pause", "resume", "rotate", "test")),
            f"GET {WEBHOOK}/deliveries",
        ),
        "one's own, no memory: superthread/tests/feed/webhooks",
    ),
    **dict.fromkeys(
        (
            *("GET superthread/imports", "POST superthread/imports"),
            *(f"{method} superthread/imports/<str:import_id>" for method in ("GET", "DELETE")),
            "GET superthread/imports/<str:import_id>/outcomes",
        ),
        "one's own, no memory: superthread/tests/imports",
    ),
    **dict.fromkeys(
        (
            *("GET superthread/exports", "POST superthread/exports"),
            *(f"{method} superthread/exports/<str:export_id>" for method in ("GET", "DELETE")),
            "GET superthread/exports/<str:export_id>/file",
        ),
        "one's own, of what lists hold: superthread/tests/exports",
    ),
    "GET superthread/shares": "no content, offers to the caller: test_shares.py",
    "GET superthread/transfers": "no content, offers to the caller: test_ownership.py",
    "GET superthread/trash": "shows what the caller may undelete: test_trash.py",
}
