"""Who comes to a door of files or items of one's own: tokens of the owner, restricted in each way,
and others. What a door lets each do stands in its matrix."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory

MINA, JUN = "mina@example.com", "jun@example.com"


class Sight(Enum):
    """How the owner's own personal memory stands to a restricted token of theirs."""

    ALL = auto()
    NOTHING = auto()
    # The token has a place of its own, where the same names may be.
    ELSEWHERE = auto()
    # The memory is hidden from it, and in its way.
    BESIDE = auto()
    READING = auto()


SIGHTS = {
    "personal": Sight.ALL,
    "its team": Sight.NOTHING,
    "another team": Sight.NOTHING,
    "a deleted team": Sight.NOTHING,
    "personal and a team": Sight.ALL,
    "its category": Sight.BESIDE,
    "another category": Sight.BESIDE,
    "personal, its category": Sight.BESIDE,
    "its team, another category": Sight.NOTHING,
    "its folder": Sight.ELSEWHERE,
    "another folder": Sight.ELSEWHERE,
    "personal, its folder": Sight.ELSEWHERE,
    "reading": Sight.READING,
    "reading, personal": Sight.READING,
}
_GRANTEE, _MEMBER = "one with a grant", "one of her team"
OTHERS = {
    "a stranger": {},
    "a superuser": {"is_superuser": True, "is_staff": True},
    _GRANTEE: {},
    _MEMBER: {},
}


def other(name: str, owner: Any, api: Callable[..., Any]) -> Any:
    """A client of Jun, who stands to the one memory of the ``owner``'s client as ``name`` says."""
    doc_id = Memory.objects.get().doc_id
    jun = api(JUN, **OTHERS[name])
    if name == _GRANTEE:
        owner.post(f"/superthread/permissions/{doc_id}", json={"permissions": {JUN: "admin"}})
        jun.post(f"/superthread/shares/{doc_id}", json={"accept": True})
        assert jun.get(f"/superthread/memories/{doc_id}").status_code == 200
    if name == _MEMBER:
        for email in (MINA, JUN):
            services.place_member(key="alpha", email=email, role="admin", by=OPERATOR)
    return jun
