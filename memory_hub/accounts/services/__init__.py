"""Every write to accounts, one verb each; each owns its transaction."""

from memory_hub.accounts.services.members import (
    accept_invitation,
    bring_member,
    place_member,
    remove_member,
    set_member,
)
from memory_hub.accounts.services.teams import (
    change_team,
    check_administers,
    create_team,
    delete_team,
)
from memory_hub.accounts.services.tokens import (
    DEFAULT_LIFETIME,
    MAX_LIFETIME,
    create_token,
    revoke_all,
    revoke_token,
)
from memory_hub.accounts.services.users import choose_language, ensure_user

__all__ = [
    "DEFAULT_LIFETIME",
    "MAX_LIFETIME",
    "accept_invitation",
    "bring_member",
    "change_team",
    "check_administers",
    "choose_language",
    "create_team",
    "create_token",
    "delete_team",
    "ensure_user",
    "place_member",
    "remove_member",
    "revoke_all",
    "revoke_token",
    "set_member",
]
