"""What a restricted token may do to the account of its user.

It makes tokens that are restricted as it is, and sees and ends those. Of teams it manages one that
all of is within its restriction, and nothing else: a team it makes, an address it blocks or a
member that it lets in would reach farther than it does.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from memory_hub.accounts.models import Team, Token
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.restrictions import NONE, Restriction
from memory_hub.core.errors import BadInput, TokenRestricted
from memory_hub.core.identity import Identity


def narrowed(wanted: Restriction | None, maker: Token | None) -> Restriction:
    """What a new token is restricted to: as its maker unless told. Raises BadInput for less."""
    held = maker.restriction if maker else NONE
    if wanted is None:
        return held
    if not wanted.is_within(held):
        detail = "A token is restricted as the one that made it at least: see /accounts/me."
        raise BadInput.at("/restriction", "beyond-its-maker", detail)
    return wanted


def tokens_of(user_id: int, by: Identity) -> QuerySet[Token]:
    """The tokens of the user; for a restricted one itself and those that it has made."""
    mine = Token.objects.filter(user_id=user_id)
    return mine.filter(pk__in=_family(by.token_id)) if by.is_restricted else mine


def _family(token_id: int | None) -> set[int]:
    """The token, those it has made, and so on."""
    found, level = set[int](), [token_id] if token_id else []
    while level:
        found.update(level)
        level = list(Token.objects.filter(made_by__in=level).values_list("pk", flat=True))
    return found


def team_keys(tokens: Iterable[Token]) -> dict[int, str]:
    """The keys of the teams that these tokens are restricted to, as far as they are there."""
    ids = {team_id for token in tokens for team_id in token.only_teams or ()}
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "key")) if ids else {}


def require_unrestricted(by: Identity) -> None:
    """Raises TokenRestricted where the token is restricted in any way."""
    if by.is_restricted:
        raise TokenRestricted("A restricted token changes nothing of the account.")


def require_managing(by: Principal, team_id: int) -> None:
    """Raises TokenRestricted where the token is not for all that there is of the team: who is let
    into it reads all of that."""
    if not by.restriction.has_all_of(team_id):
        raise TokenRestricted("The token is not for all of this team, and so not to manage it.")
