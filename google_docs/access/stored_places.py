"""What the database knows of a caller's places, by queries compiled once: every call asks these."""

from functools import lru_cache
from typing import Any

from django.db.models import CharField, IntegerField, Q

from google_docs.models import Connection, Folder
from memory_hub.accounts.models import Membership
from memory_hub.database.compiled_queries import CompiledQuery, Parameter

_USED = (
    "id", "user_id", "team_id", "permission_id", "locked_token", "connected_at", "ends_at",
)  # fmt: skip

_connections = CompiledQuery(
    lambda: Connection.objects.filter(
        Q(user_id=Parameter("user_id", IntegerField()))
        | Q(
            team_id__in=Membership.objects.filter(email=Parameter("email", CharField()))
            .order_by()
            .values("team_id")
        )
    ).values(*_USED)
)


def connections_of(user_id: int, email: str) -> list[Connection]:
    """The accounts connected for a user and for the user's teams, to be read and not saved."""
    return [Connection(**row) for row in _connections(user_id=user_id, email=email)]


def folders_of(spaces: list[str]) -> dict[tuple[str, str], Folder]:
    """The folders of these spaces, by identity and space."""
    rows = _folders(len(spaces))(**{f"space{n}": space for n, space in enumerate(spaces)})
    return {(row["identity"], row["space"]): Folder(**row) for row in rows}


@lru_cache(maxsize=32)
def _folders(spaces: int) -> CompiledQuery:
    wanted: list[Any] = [Parameter(f"space{n}", CharField()) for n in range(spaces)]
    fields = ("id", "identity", "space", "folder_id", "snapshots_id")
    return CompiledQuery(lambda: Folder.objects.filter(space__in=wanted).values(*fields))
