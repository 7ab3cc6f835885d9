"""Users, tokens, teams, memberships. The database holds every rule it can."""

from memory_hub.accounts.models.invitations import Invitation
from memory_hub.accounts.models.teams import (
    GROUPS,
    TEAM_KEY_LENGTH,
    DefaultRole,
    Membership,
    Team,
    TeamRole,
)
from memory_hub.accounts.models.tokens import ADDRESS_LENGTH, Token
from memory_hub.accounts.models.users import (
    AddressChange,
    Block,
    User,
    UserManager,
    normal_email,
)

__all__ = [
    "ADDRESS_LENGTH",
    "GROUPS",
    "TEAM_KEY_LENGTH",
    "AddressChange",
    "Block",
    "DefaultRole",
    "Invitation",
    "Membership",
    "Team",
    "TeamRole",
    "Token",
    "User",
    "UserManager",
    "normal_email",
]
