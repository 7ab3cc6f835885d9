"""Restrictions of tokens by name, and what each is for in plain Python, past the gate's SQL."""

from collections.abc import Iterable
from typing import Any

from memory_hub.accounts.models import Team
from memory_hub.accounts.restrictions import Restriction

# Names of teams in the place of their ids, which a test has when it has made them.
RESTRICTIONS: dict[str, dict[str, Any]] = {
    "personal": {"personal": True},
    "its team": {"teams": ["alpha"]},
    "another team": {"teams": ["beta"]},
    "a deleted team": {"teams": ["gone"]},
    "personal and a team": {"personal": True, "teams": ["alpha"]},
    "its category": {"category": "matrix"},
    "another category": {"category": "keys"},
    "personal, its category": {"personal": True, "category": "matrix"},
    "its team, another category": {"teams": ["alpha"], "category": "keys"},
    "its folder": {"path_prefix": "keys/"},
    "another folder": {"path_prefix": "keys/of/"},
    "personal, its folder": {"personal": True, "path_prefix": "keys/"},
    "reading": {"read_only": True},
    "reading, personal": {"read_only": True, "personal": True},
}


def restriction(name: str) -> Restriction:
    """The restriction of this name; teams that are not there are made."""
    return restriction_of(**RESTRICTIONS[name])


def restriction_of(teams: Iterable[str] | None = None, **told: Any) -> Restriction:
    """A restriction with keys of teams; a team `gone` was deleted."""
    if teams is None:
        return Restriction(**told)
    found = [Team.objects.get_or_create(key=key)[0] for key in teams]
    ids = frozenset(team.pk for team in found)
    Team.objects.filter(key="gone").delete()
    return Restriction(**told, teams=ids)


def is_for(
    told: dict[str, Any], *, place: str, category: str, path: str | None, mine: bool = True
) -> bool:
    """Whether a restriction of RESTRICTIONS is for a memory; ``place``: personal, public, or the
    key of its team; ``mine``: the token's user owns it."""
    if told.get("category") not in (None, category):
        return False
    if "path_prefix" in told and not (path and path.startswith(told["path_prefix"])):
        return False
    if "teams" not in told and not told.get("personal"):
        return True
    if place == "personal":
        return bool(told.get("personal")) and mine
    return place in told.get("teams", ())
