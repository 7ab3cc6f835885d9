"""What comes in and goes out of ``/accounts``."""

import contextlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from rest_framework import serializers

from memory_hub.accounts import scopes
from memory_hub.accounts.models import (
    TEAM_KEY_LENGTH,
    DefaultRole,
    TeamRole,
    Token,
    normal_email,
)
from memory_hub.accounts.restrictions import CATEGORY_LENGTH, NO_FOLDER, PREFIX_LENGTH, folder
from memory_hub.api.fields import Choice, Flag, Instant, Pattern, Text
from memory_hub.api.serializers import StrictSerializer
from memory_hub.core.text import nfc, rfc3339

MOST_TEAMS = 50  # that a token is restricted to
MAX_ADDRESS = 254  # characters, RFC 5321
TEAM_KEY = r"\w[\w.-]{0,63}"
TEAM_KEY_FORM = "letters, digits, '.', '_' and '-', at most 64"


def normal_address(text: str) -> str:
    """The normal spelling of an e-mail address. Raises serializers.ValidationError."""
    # The longer ones are not even normalised.
    if len(text) <= MAX_ADDRESS:
        address = normal_email(text)
        with contextlib.suppress(ValidationError):
            validate_email(address)
            if len(address) <= MAX_ADDRESS:
                return address
    raise serializers.ValidationError("This is not an e-mail address.", "email")


def normal_team_key(text: str) -> str:
    """The key as teams have it. Raises ValueError for what is none."""
    key = nfc(text)
    if not re.fullmatch(TEAM_KEY, key):
        raise ValueError(f"A team key has {TEAM_KEY_FORM}.")
    return key


EXAMPLE_TOKEN = {
    "id": 7,
    "name": "laptop",
    "prefix": "mh_4mQx7B",
    "scopes": [*scopes.default_scopes()[:1]],
    "restriction": {
        "read_only": False,
        "personal": True,
        "teams": ["alpha"],
        "category": None,
        "path_prefix": None,
    },
    "client": None,
    "made_by": 3,
    "created_at": "2026-11-22T20:41:11.062584Z",
    "expires_at": "2027-02-20T20:41:11.062584Z",
    "revoked_at": None,
    "last_used_at": None,
}
EXAMPLE_TEAM = {
    "team_key": "alpha",
    "name": "Team Alpha",
    "default_role": "editor",
    "role": "admin",
    "accepted": True,
    "members": [{"email": "mina@example.com", "role": "admin"}],
}


class Teams(serializers.ListField):
    """Keys of teams, each once."""

    default_error_messages = {"twice": "One is given twice."}

    def __init__(self, **options: Any):
        child = Pattern(TEAM_KEY, TEAM_KEY_FORM, max_length=TEAM_KEY_LENGTH)
        super().__init__(child=child, min_length=1, max_length=MOST_TEAMS, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        keys = super().to_internal_value(data)
        if len(set(keys)) < len(keys):
            self.fail("twice")
        return keys


class FolderPath(Text):
    """A folder of paths, with or without the slash at its end."""

    default_error_messages = {"no_folder": NO_FOLDER}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return folder(text)
        except ValueError:
            self.fail("no_folder")


class NewRestriction(StrictSerializer):
    EXAMPLE = {"personal": True, "category": "decisions"}

    read_only = Flag(default=False, help_text="nothing is changed with it")
    personal = Flag(default=False, help_text="for one's own personal memories")
    teams = Teams(required=False, allow_null=True, help_text="for memories of these teams")
    category = Text(
        max_length=CATEGORY_LENGTH,
        required=False,
        allow_null=True,
        help_text="for memories of this category only",
    )
    path_prefix = FolderPath(
        max_length=PREFIX_LENGTH - 1,
        required=False,
        allow_null=True,
        help_text="for memories with a path in this folder only",
    )


class NewToken(StrictSerializer):
    EXAMPLE = {"name": "laptop", "scopes": [*scopes.default_scopes()[:1]]}

    name = Text(max_length=64, default="token")
    scopes = serializers.ListField(
        child=Choice(choices=scopes.every_scope()),
        default=[*scopes.default_scopes()],
        max_length=len(scopes.every_scope()),
    )
    expires_at = Instant(
        future=True,
        required=False,
        help_text="default 90 days, at most a year and never after the end of this token",
    )
    restriction = NewRestriction(
        required=False,
        allow_null=True,
        help_text="what it may be used on; with `personal` and `teams`, on either; default: as the "
        "token that makes it",
    )


class NewTeam(StrictSerializer):
    EXAMPLE = {"team_key": "alpha", "name": "Team Alpha", "default_role": "editor"}

    team_key = Pattern(TEAM_KEY, TEAM_KEY_FORM, max_length=TEAM_KEY_LENGTH)
    name = Text(max_length=128, allow_blank=True, default="")
    default_role = Choice(choices=DefaultRole.values, default=DefaultRole.VIEWER.value)


class TeamChange(StrictSerializer):
    EXAMPLE = {"default_role": "viewer"}

    name = Text(max_length=128, allow_blank=True, required=False)
    default_role = Choice(choices=DefaultRole.values, required=False)


class MemberChange(StrictSerializer):
    EXAMPLE = {"role": "admin"}

    role = Choice(choices=TeamRole.values, default=TeamRole.MEMBER.value)


class RestrictionOut(serializers.Serializer):
    """What a token may be used on: with `personal` and `teams`, on either; with neither,
    anywhere."""

    read_only = serializers.BooleanField()
    personal = serializers.BooleanField()
    teams = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="those that are still there: of a deleted one there is nothing",
    )
    category = serializers.CharField(allow_null=True)
    path_prefix = serializers.CharField(allow_null=True)


class TokenOut(serializers.Serializer):
    EXAMPLE = EXAMPLE_TOKEN

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    restriction = RestrictionOut(allow_null=True)
    client = serializers.CharField(
        allow_null=True, help_text="whom the user lets act with it, where somebody does"
    )
    made_by = serializers.IntegerField(
        allow_null=True, help_text="the token that made it: revoking that one revokes it too"
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewTokenOut(TokenOut):
    EXAMPLE = {**EXAMPLE_TOKEN, "token": "mh_… (shown once)"}

    token = serializers.CharField(help_text="the secret; shown here only")


class TokenList(serializers.Serializer):
    EXAMPLE = {"tokens": [EXAMPLE_TOKEN]}

    tokens = TokenOut(many=True)


class PlaceOut(serializers.Serializer):
    team_key = serializers.CharField()
    role = serializers.ChoiceField(TeamRole.values)
    accepted = serializers.BooleanField(help_text="false: an invitation; see `accept`")


class Me(serializers.Serializer):
    EXAMPLE = {
        "email": "mina@example.com",
        "teams": [{"team_key": "alpha", "role": "admin", "accepted": True}],
        "scopes": [*scopes.default_scopes()],
        "expires_at": "2027-02-20T20:41:11.062584Z",
        "restriction": None,
    }

    email = serializers.EmailField()
    teams = PlaceOut(many=True)
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField(allow_null=True)
    restriction = RestrictionOut(allow_null=True)


class MemberOut(serializers.Serializer):
    EXAMPLE = {"email": "jun@example.com", "role": "member"}

    email = serializers.EmailField()
    role = serializers.ChoiceField(TeamRole.values)


class TeamOut(serializers.Serializer):
    EXAMPLE = EXAMPLE_TEAM

    team_key = serializers.CharField()
    name = serializers.CharField()
    default_role = serializers.ChoiceField(DefaultRole.values)
    role = serializers.ChoiceField(TeamRole.values, help_text="the caller's own")
    accepted = serializers.BooleanField(
        help_text="false while the caller is invited: nothing of the team is listed or searched"
    )
    members = MemberOut(many=True)


class BlockList(serializers.Serializer):
    EXAMPLE = {"blocks": ["spam@example.com"]}

    blocks = serializers.ListField(child=serializers.EmailField())


class TeamList(serializers.Serializer):
    EXAMPLE = {"teams": [EXAMPLE_TEAM]}

    teams = TeamOut(many=True)


def represent_token(token: Token, team_keys: Mapping[int, str]) -> dict[str, Any]:
    """A token without its secret; ``team_keys`` are those of the teams it is restricted to."""

    def moment(value: datetime | None) -> str | None:
        return rfc3339(value) if value else None

    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scope_names,
        "restriction": token.restriction.as_json(team_keys),
        "client": token.client,
        "made_by": token.made_by_id,
        "created_at": moment(token.created_at),
        "expires_at": moment(token.expires_at),
        "revoked_at": moment(token.revoked_at),
        "last_used_at": moment(token.last_used_at),
    }
