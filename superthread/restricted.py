"""What a restriction of a token leaves of the memories: one rule, as SQL and as Python.

The gate (`policies.py`) has it in every query of a caller whose token is narrowed, and asks it of
the place where a memory is to be: saved, moved, renamed or given away, it must not leave what the
token is for. Callers without a restriction have none of it in their queries.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, CharField, Field, Q, TextField, Value
from django.db.models.expressions import Combinable

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.spaces import space_of_team
from memory_hub.core.errors import TokenRestricted
from memory_hub.database.compiled_queries import Parameter
from memory_hub.database.dialect import each_of, number_list
from superthread.models.space import space_of
from superthread.paths import after

# Stands in a compiled query for whatever restriction its caller has.
SOME = Restriction(personal=True)
_FIELDS: dict[str, Field] = {
    "for_all_places": BooleanField(),
    "for_own_space": BooleanField(),
    "for_spaces": TextField(),
    "for_all_categories": BooleanField(),
    "for_category": CharField(),
    "for_all_paths": BooleanField(),
    "for_paths_from": CharField(),
    "for_paths_before": CharField(),
}


def values_of(by: Principal) -> dict[str, Any]:
    """The restriction of the caller's token as the values of a compiled query's Parameters."""
    held = by.restriction
    folder = held.path_prefix or ""
    return {
        "for_all_places": not held.is_placed,
        "for_own_space": held.has_personal,
        "for_spaces": number_list(sorted(_spaces(by))),
        "for_all_categories": held.category is None,
        "for_category": held.category or "",
        "for_all_paths": not folder,
        "for_paths_from": folder,
        "for_paths_before": after(folder) or "",
    }


def _spaces(by: Principal) -> set[int]:
    """The spaces that the token names."""
    teams = {space_of_team(team_id) for team_id in by.restriction.teams or ()}
    return teams | ({by.user_id} if by.restriction.personal else set())


def _terms(by: Principal) -> dict[str, Combinable]:
    if by.restriction is SOME:
        return {name: Parameter(name, field) for name, field in _FIELDS.items()}
    told = values_of(by)
    return {name: Value(told[name], output_field=field) for name, field in _FIELDS.items()}


def within(by: Principal) -> Q:
    """The memories that the caller's token is for; the same shape for all restrictions."""
    terms = _terms(by)
    places = Q(terms["for_all_places"]) | Q(space__in=each_of(terms["for_spaces"]))
    below = Q(path__gte=terms["for_paths_from"], path__lt=terms["for_paths_before"])
    return (
        places
        & (Q(terms["for_all_categories"]) | Q(category=terms["for_category"]))
        & (Q(terms["for_all_paths"]) | below)
    )


def is_for_public(by: Principal) -> Q:
    """Whether the token is for what everybody reads: asked once, before any of that is looked
    through for what it is for. Nothing is asked where it is not restricted."""
    return Q(_terms(by)["for_all_places"]) if by.is_narrowed else Q()


def is_for_own(by: Principal) -> Q:
    """The same for the user's own space."""
    return Q(_terms(by)["for_own_space"]) if by.is_narrowed else Q()


def is_within(by: Principal, memory: Mapping[str, Any]) -> bool:
    """Whether the token is for a memory of this scope, owner_id, team_id, category and path."""
    if not by.is_narrowed:
        return True
    held = by.restriction
    if held.category not in (None, memory["category"]):
        return False
    if not (memory["path"] or "").startswith(held.path_prefix or ""):
        return False
    return not held.is_placed or space_of(memory) in _spaces(by)


def require_within(by: Principal, memory: Mapping[str, Any]) -> None:
    """Raises TokenRestricted where a memory is to be what the token is not for."""
    if not is_within(by, memory):
        raise TokenRestricted(BEYOND)


BEYOND = "The token is restricted, and this would be outside of it: see /accounts/me."
