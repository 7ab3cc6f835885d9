"""The change feed."""

from typing import Any

from rest_framework import serializers

from memory_hub.api.fields import Choice, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from superthread import limits
from superthread.fields import TeamKey, refuse_lone_team
from superthread.serializers.memories import SCOPES


class ChangesQuery(StrictSerializer):
    cursor = Text(
        max_length=200,
        required=False,
        help_text="the `next_cursor` of the page before; `now` for the end; left out: all there is",
    )
    scope = Choice(
        choices=[*SCOPES, "all"],
        default="all",
        help_text="follow the list of this scope; a cursor is of one scope and team",
    )
    team_key = TeamKey()
    limit = QueryWhole(least=1, most=limits.PAGE, default=100)
    wait = QueryWhole(
        least=0,
        most=limits.CHANGES_WAIT,
        default=0,
        help_text="seconds to wait where there is no change yet",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return refuse_lone_team(attrs)


class ChangeOut(serializers.Serializer):
    type = serializers.CharField(
        help_text="`memory.…` or `grant.…`: take the memory in as it is; `memory.gone`: drop it; "
        "`team.joined`: list that team's memories; `team.left`: drop all of that team's"
    )
    doc_id = serializers.UUIDField(required=False)
    revision = serializers.IntegerField(required=False, allow_null=True, help_text="as of then")
    version = serializers.IntegerField(required=False, allow_null=True, help_text="as of then")
    scope = serializers.ChoiceField(choices=SCOPES, required=False, help_text="as of now")
    team_key = serializers.CharField(required=False, allow_null=True, help_text="as of now")
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="as of now: drop it then"
    )
    at = serializers.DateTimeField(help_text="when it became known; never less than before")
    change = serializers.CharField(required=False, help_text="the same for what was done together")
    actor = serializers.IntegerField(
        required=False, allow_null=True, help_text="for editors: the user who did it"
    )


class ChangesPage(serializers.Serializer):
    EXAMPLE = {
        "changes": [
            {
                "type": "memory.updated",
                "doc_id": "01934e2e-7d6a-7c3b-8f52-0a1b2c3d4e5f",
                "revision": 3,
                "version": 2,
                "scope": "personal",
                "team_key": None,
                "expires_at": None,
                "at": "2026-11-03T09:12:44.120000Z",
                "change": "4267443867739014176",
                "actor": 7,
            }
        ],
        "next_cursor": "mDxPz3…",
        "more": False,
    }

    changes = ChangeOut(many=True)
    next_cursor = serializers.CharField(help_text="for the next page, also when there is none yet")
    more = serializers.BooleanField(help_text="whether there is more to be looked at right now")
