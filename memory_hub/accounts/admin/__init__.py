"""Accounts in the admin: users and their permission groups, tokens, teams and their members."""

from memory_hub.accounts.admin.groups import GroupAdmin
from memory_hub.accounts.admin.teams import MembershipAdmin, TeamAdmin
from memory_hub.accounts.admin.tokens import TokenAdmin
from memory_hub.accounts.admin.users import UserAdmin

__all__ = ["GroupAdmin", "MembershipAdmin", "TeamAdmin", "TokenAdmin", "UserAdmin"]
