"""Whose space a memory lives in, as one number: a person's own, a team's, the public's.

It follows from scope, owner and team. Triggers see to that, whoever writes these (migration 0012; a
migration that makes the table anew on SQLite has to make them anew), so only who saves new
memories writes it, for no trigger to have work.
"""

from collections.abc import Mapping
from typing import Any

from memory_hub.accounts.spaces import space_of_team

PERSONAL_SCOPE, TEAM_SCOPE, PUBLIC_SCOPE = range(3)
PUBLIC_SPACE = 0
PLACE = ("scope", "owner_id", "team_id")  # the columns that tell


def space_of(memory: Mapping[str, Any]) -> int:
    """The space of a memory by the columns of PLACE."""
    if memory["scope"] == PUBLIC_SCOPE:
        return PUBLIC_SPACE
    return space_of_team(memory["team_id"]) if memory["scope"] == TEAM_SCOPE else memory["owner_id"]
