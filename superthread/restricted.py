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
from memory_hub.core.errors import TokenRestricted
from memory_hub.database.compiled_queries import Parameter
from memory_hub.database.dialect import each_of, number_list
from superthread.models.memory import Scope

# Stands in a prepared query for whatever restriction its caller has.
SOME = Restriction(personal=True)
_FIELDS: dict[str, Field] = {
    "for_all_places": BooleanField(),
    "for_personal": BooleanField(),
    "for_teams": TextField(),
    "for_all_categories": BooleanField(),
    "for_category": CharField(),
}


def values_of(restriction: Restriction) -> dict[str, Any]:
    """The restriction as the values of a prepared query's Parameters."""
    return {
        "for_all_places": not restriction.is_placed,
        "for_personal": restriction.personal,
        "for_teams": number_list(sorted(restriction.teams or ())),
        "for_all_categories": restriction.category is None,
        "for_category": restriction.category or "",
    }


def _terms(restriction: Restriction) -> dict[str, Combinable]:
    if restriction is SOME:
        return {name: Parameter(name, field) for name, field in _FIELDS.items()}
    told = values_of(restriction)
    return {name: Value(told[name], output_field=field) for name, field in _FIELDS.items()}


def within(by: Principal) -> Q:
    """The memories that the caller's token is for; the same shape for all restrictions."""
    terms = _terms(by.restriction)
    places = (
        Q(terms["for_all_places"])
        | Q(terms["for_personal"], scope=Scope.PERSONAL, owner_id=by.user_id)
        | Q(scope=Scope.TEAM, team_id__in=each_of(terms["for_teams"]))
    )
    return places & (Q(terms["for_all_categories"]) | Q(category=terms["for_category"]))


def is_for_public(by: Principal) -> Q:
    """Whether the token is for what everybody reads: asked before any of that is looked at."""
    return Q(_terms(by.restriction)["for_all_places"])


def is_within(by: Principal, memory: Mapping[str, Any]) -> bool:
    """Whether the token is for a memory of this scope, owner_id, team_id and category."""
    if not by.is_narrowed:
        return True
    held = by.restriction
    if held.category not in (None, memory["category"]):
        return False
    if not held.is_placed:
        return True
    if memory["scope"] == Scope.TEAM:
        return held.has_team(memory["team_id"])
    is_own = memory["scope"] == Scope.PERSONAL and memory["owner_id"] == by.user_id
    return held.personal and is_own


def require_within(by: Principal, memory: Mapping[str, Any]) -> None:
    """Raises TokenRestricted where a memory is to be what the token is not for."""
    if not is_within(by, memory):
        raise TokenRestricted(BEYOND)


BEYOND = "The token is restricted, and this would be outside of it: see /accounts/me."
