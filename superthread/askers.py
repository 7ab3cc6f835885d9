"""Who asks a compiled query: a few shapes of callers, whose values are given at each call."""

from dataclasses import replace
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField
from django.utils import timezone

from memory_hub.accounts.principal import NOBODY, Principal
from memory_hub.database.compiled_queries import Parameter
from superthread.restricted import SOME, values_of

# The caller and the time of a compiled query, given at each call by ``parameters``.
_ANYONE = Principal(
    user_id=Parameter("user_id", BigIntegerField()),
    email=Parameter("email", CharField()),
    scopes=frozenset(),
)
_VOUCHED = replace(_ANYONE, vouched_by=Parameter("vouched_by", CharField()))
NOW = Parameter("now", DateTimeField())
_ASKERS = {
    "nobody": NOBODY,
    "anyone": _ANYONE,
    "restricted": replace(_ANYONE, restriction=SOME),
    "vouched": _VOUCHED,
    "vouched restricted": replace(_VOUCHED, restriction=SOME),
}
KINDS = len(_ASKERS)


def kind_of(by: Principal) -> str:
    """Which of the few shapes the caller's compiled queries have: a reader without a credential has
    fewer branches, a restricted one has the restriction, one with an unproven address has who
    vouches for it."""
    if by.vouched_by:
        return "vouched restricted" if by.is_narrowed else "vouched"
    if by.is_narrowed:
        return "restricted"
    return "anyone" if by.user_id else "nobody"


def asker(kind: str) -> Principal:
    """The caller of compiled queries of this kind."""
    return _ASKERS[kind]


def parameters(by: Principal) -> dict[str, Any]:
    """The values of ``asker`` and NOW for this caller at this moment."""
    values = {"user_id": by.user_id, "email": by.email, "now": timezone.now()}
    if by.vouched_by:
        values["vouched_by"] = by.vouched_by
    return values | values_of(by) if by.is_narrowed else values
