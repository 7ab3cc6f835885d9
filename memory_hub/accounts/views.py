"""``/accounts``: who am I, my tokens, my teams (contract §2)."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from memory_hub.accounts import restricted, serializers, services
from memory_hub.accounts.models import Membership, Team, normal_email
from memory_hub.accounts.principal import Principal
from memory_hub.accounts.restrictions import NONE, Restriction
from memory_hub.accounts.scopes import ACCOUNTS_MANAGE
from memory_hub.accounts.services import blocks
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.errors import BadInput, JsonAnswer, NotFound
from memory_hub.core.text import key_in, rfc3339

MANAGE = {"GET": ACCOUNTS_MANAGE, "POST": ACCOUNTS_MANAGE, "DELETE": ACCOUNTS_MANAGE}


class MeView(HubView):
    heeds_restrictions = True

    @extend_schema(operation_id="me", responses=serializers.Me)
    def get(self, request: Request) -> dict[str, Any]:
        """The caller: e-mail address, teams with roles, this token's scopes, expiry and
        restriction; of a token for some teams these alone are told."""
        by = self.principal
        unwanted = blocks.unwanted_teams(by)
        return {
            "email": by.email,
            "teams": [
                {"team_key": team.team_key, "role": team.role, "accepted": team.accepted}
                for team in by.teams
                if team.team_id not in unwanted
            ],
            "scopes": sorted(by.scopes),
            "expires_at": rfc3339(by.expires_at) if by.expires_at else None,
            "restriction": by.restriction.as_json(
                {team.team_id: team.team_key for team in by.teams}
            ),
        }


class TokensView(HubView):
    scopes = MANAGE
    heeds_restrictions = True

    @extend_schema(operation_id="list_tokens", responses=serializers.TokenList)
    def get(self, request: Request) -> dict[str, Any]:
        """One's own tokens, newest first, without their secrets. A restricted token is shown
        itself and those it has made."""
        mine = list(restricted.tokens_of(self.principal.user_id, self.principal))
        keys = restricted.team_keys(mine)
        return {"tokens": [serializers.represent_token(token, keys) for token in mine]}

    @extend_schema(
        operation_id="create_token",
        request=serializers.NewToken,
        responses={201: serializers.NewTokenOut},
    )
    def post(self, request: Request) -> HttpResponse:
        """A new token with at most this one's scopes and life; its secret is told here only.

        A `restriction` narrows what it may be used on: to reading, to one's own personal memories,
        to some teams (with both, to either), to one category, to one folder of paths. Without one
        it is restricted as the token that makes it, and never less.
        """
        by, wanted = self.principal, self.body(serializers.NewToken)
        if "restriction" in wanted:
            wanted["restriction"] = restriction_of(wanted["restriction"], by)
        token, secret = services.create_token(user_id=by.user_id, by=by, **wanted)
        told = serializers.represent_token(token, restricted.team_keys([token]))
        answer = JsonAnswer({**told, "token": secret}, 201)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def restriction_of(wanted: dict[str, Any] | None, by: Principal) -> Restriction:
    """The restriction that a body asks for. Raises BadInput for a team that is not the caller's."""
    if wanted is None:
        return NONE
    teams = wanted.pop("teams", None)
    places = [by.team(key) for key in teams or ()]
    if None in places:
        detail = "You are in no team with this key."
        raise BadInput.at("/restriction/teams", "unknown-team", detail)
    ids = frozenset(place.team_id for place in places if place)
    return Restriction(**wanted, teams=None if teams is None else ids)


class TokenView(HubView):
    scopes = MANAGE
    heeds_restrictions = True
    path_schemas = {"token_id": {"type": "integer", "minimum": 1}}

    @extend_schema(operation_id="revoke_token", responses={204: None})
    def delete(self, request: Request, token_id: str) -> None:
        """Revokes one's own token and all that it made, effective on the next request."""
        key = key_in(token_id)
        if key is None:
            raise NotFound("You have no such token.")
        services.revoke_token(token_id=key, user_id=self.principal.user_id, by=self.principal)


def represent_team(team: Team, by: Principal, members: list[Membership]) -> dict[str, Any]:
    """The team as the API tells it to the caller, with these members."""
    roles = {member.email: member.role for member in members}
    return {
        "team_key": team.key,
        "name": team.name,
        "default_role": team.default_role,
        "role": roles.get(by.email),
        "accepted": any(member.email == by.email and member.accepted for member in members),
        "members": [{"email": email, "role": role} for email, role in sorted(roles.items())],
    }


class _TeamView(HubView):
    """A view that tells who is in a team."""

    # The caller's teams are those that the token is for.
    heeds_restrictions = True

    def shown_again(self, body: dict[str, Any]) -> dict[str, Any]:
        key = body.get("team_key") or self.kwargs["team_key"]
        # To whoever is in the team no more: which one it was.
        return body if self.principal.team(key) else {"team_key": key}


class TeamsView(_TeamView):
    scopes = {"POST": ACCOUNTS_MANAGE}

    @extend_schema(operation_id="list_teams", responses=serializers.TeamList)
    def get(self, request: Request) -> dict[str, Any]:
        """The teams one is in or invited to, with their members."""
        wanted = set(self.principal.team_ids()) - blocks.unwanted_teams(self.principal)
        teams = Team.objects.filter(pk__in=wanted)
        teams = teams.prefetch_related("memberships")
        return {
            "teams": [
                represent_team(team, self.principal, team.memberships.all()) for team in teams
            ]
        }

    @extend_schema(
        operation_id="create_team",
        request=serializers.NewTeam,
        responses={201: serializers.TeamOut},
    )
    def post(self, request: Request) -> HttpResponse:
        """A new team; whoever makes it is its admin."""
        restricted.require_unrestricted(self.principal)
        fields = self.body(serializers.NewTeam)
        team = services.create_team(key=fields.pop("team_key"), by=self.principal, **fields)
        return JsonAnswer(represent_team(team, self.principal, team.memberships.all()), 201)


class TeamView(_TeamView):
    scopes = {"PATCH": ACCOUNTS_MANAGE, "DELETE": ACCOUNTS_MANAGE}

    @extend_schema(operation_id="get_team", responses=serializers.TeamOut)
    def get(self, request: Request, team_key: str) -> dict[str, Any]:
        """One of one's teams."""
        place = self.principal.team(team_key)
        team = Team.objects.filter(pk=place.team_id).first() if place else None
        if team is None:
            raise NotFound("You are in no such team.")
        return represent_team(team, self.principal, team.memberships.all())

    @extend_schema(
        operation_id="change_team", request=serializers.TeamChange, responses=serializers.TeamOut
    )
    def patch(self, request: Request, team_key: str) -> dict[str, Any]:
        """Changes name and default role; for admins of the team."""
        services.check_administers(key=team_key, by=self.principal)
        fields = self.body(serializers.TeamChange)
        team = services.change_team(key=team_key, by=self.principal, **fields)
        return represent_team(team, self.principal, team.memberships.all())

    @extend_schema(operation_id="delete_team", responses={204: None})
    def delete(self, request: Request, team_key: str) -> None:
        """Deletes a team without memories; for its admins."""
        services.delete_team(key=team_key, by=self.principal)


class InvitationView(_TeamView):
    scopes = {"POST": ACCOUNTS_MANAGE}

    @extend_schema(operation_id="accept_invitation", request=None, responses=serializers.TeamOut)
    def post(self, request: Request, team_key: str) -> dict[str, Any]:
        """Accepts an invitation: from now on the team's memories are listed and searched. Leaving
        the team declines it."""
        team = services.accept_invitation(key=team_key, by=self.principal)
        return represent_team(team, self.principal, team.memberships.all())


class BlocksView(HubView):
    scopes = {"GET": ACCOUNTS_MANAGE}

    @extend_schema(operation_id="list_blocks", responses=serializers.BlockList)
    def get(self, request: Request) -> dict[str, Any]:
        """The addresses from which one wants to be offered nothing."""
        return {"blocks": list(blocks.blocked(self.principal))}


class BlockView(HubView):
    scopes = {"PUT": ACCOUNTS_MANAGE, "DELETE": ACCOUNTS_MANAGE}

    @extend_schema(operation_id="block_address", request=None, responses={204: None})
    def put(self, request: Request, email: str) -> None:
        """Shows no share, invitation or transfer of this address any more. Nobody is told."""
        blocks.block(email=serializers.normal_address(email), by=self.principal)

    @extend_schema(operation_id="unblock_address", responses={204: None})
    def delete(self, request: Request, email: str) -> None:
        """Shows what the address offers again."""
        blocks.unblock(email=serializers.normal_address(email), by=self.principal)


class MemberView(HubView):
    heeds_restrictions = True
    scopes = {"PUT": ACCOUNTS_MANAGE, "DELETE": ACCOUNTS_MANAGE}

    @extend_schema(
        operation_id="set_member", request=serializers.MemberChange, responses=serializers.MemberOut
    )
    def put(self, request: Request, team_key: str, email: str) -> dict[str, Any]:
        """Invites a member or changes a role; for admins. The answer is the same whether the
        address has an account or not."""
        services.check_administers(key=team_key, by=self.principal)
        fields = self.body(serializers.MemberChange)
        member = services.set_member(
            key=team_key, email=serializers.normal_address(email), by=self.principal, **fields
        )
        return {"email": member.email, "role": member.role}

    @extend_schema(operation_id="remove_member", responses={204: None})
    def delete(self, request: Request, team_key: str, email: str) -> None:
        """Removes a member; anyone may leave, the last admin may not."""
        if normal_email(email) != self.principal.email:
            services.check_administers(key=team_key, by=self.principal)
        address = serializers.normal_address(email)
        services.remove_member(key=team_key, email=address, by=self.principal)
