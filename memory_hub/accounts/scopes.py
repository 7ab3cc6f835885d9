"""What a token may be used for: of all apps, in the order that people read.

What reaches farther stands later: what a user has, their account, the whole hub.
"""

from functools import cache

from memory_hub.core import installed
from memory_hub.core.features import Scope

ACCOUNTS_MANAGE = "accounts:manage"

SCOPES = (
    Scope(
        ACCOUNTS_MANAGE,
        "manage your tokens, teams and whom you block",
        "내 토큰, 팀, 차단 목록을 관리하기",
        # Of what a read-only token may do of it: see `services.create_token`.
        writes=False,
        about="account",
        heeds_restrictions=True,
    ),
)
_REACH = ("data", "account", "hub")


@cache
def described() -> tuple[Scope, ...]:
    """All scopes, with their words."""
    found = (scope for app in installed.in_reading_order() for scope in app.scopes)
    return tuple(sorted(found, key=lambda scope: _REACH.index(scope.about)))


def every_scope() -> tuple[str, ...]:
    """The names of all."""
    return tuple(scope.name for scope in described())


def personal_scopes() -> tuple[str, ...]:
    """What everyone may do with what is theirs."""
    return tuple(scope.name for scope in described() if scope.about != "hub")


def staff_scopes() -> tuple[str, ...]:
    """What only staff may do."""
    return tuple(scope.name for scope in described() if scope.about == "hub")


@cache
def writing_scopes() -> frozenset[str]:
    """What a read-only token is never for."""
    return frozenset(scope.name for scope in described() if scope.writes)


def default_scopes() -> tuple[str, ...]:
    """What a new token is for, unless told otherwise."""
    return tuple(scope.name for scope in described() if scope.is_default)


def scopes_for_some_memories() -> frozenset[str]:
    """What is of use to a token that is for some memories only."""
    return frozenset(scope.name for scope in described() if scope.heeds_restrictions)


def delegable_scopes() -> tuple[str, ...]:
    """What people may let a client do for them: what concerns their data, never their account."""
    return tuple(scope.name for scope in described() if scope.about == "data")


def public_scopes() -> tuple[str, ...]:
    """What those may do who show no credential, where the hub lets them."""
    return tuple(scope.name for scope in described() if scope.is_public)
