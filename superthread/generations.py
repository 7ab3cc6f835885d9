"""What kept answers about memories depend on, and what each change makes outdated.

A list depends on the collections it is drawn from: what the caller owns, what was granted to the
caller, each team, the public. A change of a memory touches itself and every collection it is in.
"""

import hashlib
from collections.abc import Iterable, Mapping

from django.http import QueryDict

from memory_hub.accounts.generations import members_key
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.caching import bump_after_commit
from memory_hub.events.telling import hears
from superthread.events import Facts, GrantChanged, MemoryChanged
from superthread.models import Scope
from superthread.models.space import PUBLIC_SPACE, space_of
from superthread.paths import known_as

PUBLIC = "memories/public"
# Seconds for which answers are kept that generations outdate in time. It bounds for how long a
# change could stay unseen that was made in the database without the hub.
KEPT = 3600


def of_memory(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """One memory, its versions and its grants."""
    return [_one(parameters["doc_id"])]


def of_personal_path(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """What is at a path of the caller's."""
    return [_at(by.user_id, known_as(parameters["path"]))]


def of_team_path(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """What is at a path of a team's; in no other team the caller can find anything."""
    place = by.team(parameters["team_key"])
    path = known_as(parameters["path"])
    return [_at(space_of_team(place.team_id), path)] if place else []


def of_public_path(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """What is at a path of the public's, whoever owns it."""
    return [_at(PUBLIC_SPACE, known_as(parameters["path"]))]


def of_list(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """A list of the scope in the query, or the memories whose ids are."""
    if "ids" in query:
        return [_one(doc_id) for doc_id in query["ids"].split(",")]
    return _of_scope(by, query.get("scope", "personal"))


def of_facets(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """Counts over a list of the scope in the query."""
    return _of_scope(by, query.get("scope", "all"))


def _of_scope(by: Principal, scope: str) -> list[str]:
    keys = [_granted(by.email)]
    if scope != "public":
        keys.append(_owned(by.user_id))
    if scope in ("team", "all"):
        keys += [_team(place.team_key) for place in by.teams]
    if scope in ("public", "all"):
        keys.append(PUBLIC)
    return keys


def of_everything(by: Principal) -> list[str]:
    """All that the caller's lists are drawn from, of whatever scope."""
    return _of_scope(by, "all")


def of_statistics(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """Counts over all that the caller may read, and over the members of the caller's teams."""
    teams = [place.team_key for place in by.teams]
    return [
        *(_granted(by.email), _owned(by.user_id), PUBLIC),
        *map(_team, teams),
        *map(members_key, teams),
    ]


def of_nothing(by: Principal, parameters: Mapping[str, str], query: QueryDict) -> list[str]:
    """What only a new version of the hub changes."""
    return []


@hears(MemoryChanged, GrantChanged)
def outdate(events: Iterable[MemoryChanged | GrantChanged]) -> None:
    """What the changes make outdated: each memory where it was and where it is, and the lists of
    whom it is granted to."""
    keys: set[str] = set()
    for event in events:
        if isinstance(event, GrantChanged):
            keys.update(_keys(event.memory))
            keys.add(_granted(event.email))
            continue
        for row in (event.before, event.after):
            if row is not None:
                keys.update(_keys(row))
        keys.update(map(_granted, event.granted))
    bump_after_commit(*keys)


def _keys(row: Facts) -> list[str]:
    keys = [_one(row["doc_id"]), _owned(row["owner_id"])]
    if row["scope"] == Scope.TEAM:
        keys.append(_team(row["team_key"]))
    elif row["scope"] == Scope.PUBLIC:
        keys.append(PUBLIC)
    if row["path"] is not None:
        keys.append(_at(space_of(row), row["path"]))
    return keys


def _at(space: int, path: str) -> str:
    digest = hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=16)
    return f"memories/at/{space}/{digest.hexdigest()}"


def _one(doc_id: object) -> str:
    return f"memories/one/{doc_id}"


def _owned(user_id: int) -> str:
    return f"memories/owner/{user_id}"


def _granted(email: str) -> str:
    return f"memories/granted/{email}"


def _team(team_key: str) -> str:
    return f"memories/team/{team_key}"
