"""Who has a role on a memory by grant. What several ask for at once is read together; one alone is
a group of one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import TextField

from memory_hub.accounts.principal import Principal
from memory_hub.caching import valid_until
from memory_hub.core.errors import HubError
from memory_hub.core.outcomes import only
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import each_number, number_list
from superthread import policies
from superthread.models import Grant, GrantRole
from superthread.reads import named
from superthread.reads.representation import Row, instant_of


class Held(NamedTuple):
    """A grant as it is kept: the role by its word."""

    role: str
    accepted: bool
    offered_by: str


class Permissions(NamedTuple):
    """Owner and grants as clients read them, and the row of their memory."""

    told: dict[str, Any]
    row: Row


def list_grants(*, doc_id: str, by: Principal) -> dict[str, Any]:
    """The owner and the whole map of grants; for administrators of the memory. Raises NotFound,
    RoleTooLow."""
    found = only(permissions([doc_id], by=by))
    valid_until(instant_of(found.row["expires_at"]))
    return found.told


def permissions(doc_ids: Sequence[str], *, by: Principal) -> list[Permissions | HubError]:
    """The same of several: of each its map, or why there is none."""
    rows = named.by_ids(doc_ids, by=by, content="none")
    judged = [named.judged(rows.get(one), policies.Role.ADMIN) for one in doc_ids]
    ids = {row["id"] for row in judged if not isinstance(row, HubError)}
    grants = grants_on(ids) if ids else {}
    return [
        row
        if isinstance(row, HubError)
        else Permissions(represent(row, grants.get(row["id"], {})), row)
        for row in judged
    ]


@lru_cache(maxsize=1)
def _granted() -> CompiledQuery:
    of_these = Grant.objects.filter(memory_id__in=each_number(Parameter("memories", TextField())))
    columns = ("memory_id", "email", "role", "accepted", "offered_by")
    return CompiledQuery(lambda: of_these.order_by("memory_id", "email").values(*columns))


def grants_on(memory_ids: Sequence[int] | set[int]) -> dict[int, dict[str, Held]]:
    """The grants of these memories, by their addresses in order."""
    found: dict[int, dict[str, Held]] = defaultdict(dict)
    for one in _granted()(memories=number_list([*memory_ids])):
        role = GrantRole(one["role"]).label
        found[one["memory_id"]][one["email"]] = Held(role, one["accepted"], one["offered_by"])
    return found


def represent(row: Row, grants: Mapping[str, Held]) -> dict[str, Any]:
    """The owner and these grants of a memory as clients read them."""
    return {
        "doc_id": str(row["doc_id"]),
        "owner": row["owner_email"],
        "permissions": {email: one.role for email, one in grants.items()},
    }
