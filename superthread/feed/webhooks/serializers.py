"""What comes in and goes out of ``/superthread/webhooks``."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from memory_hub.accounts.models import Team
from memory_hub.accounts.serializers import MOST_TEAMS
from memory_hub.api.fields import Choice, QueryWhole, Text
from memory_hub.api.serializers import StrictSerializer
from memory_hub.core.text import rfc3339
from superthread import limits
from superthread.feed.webhooks.models import (
    DESCRIPTION_LENGTH,
    URL_LENGTH,
    Attempt,
    Reason,
    State,
    Webhook,
)
from superthread.feed.webhooks.sending import checked_url
from superthread.feed.webhooks.wanted import KINDS
from superthread.fields import TeamKey
from superthread.models import Scope

SCOPES = Scope.labels
EXAMPLE = {
    "id": 7,
    "url": "https://example.com/hook",
    "description": "the index of our search",
    "scopes": ["personal"],
    "team_keys": ["alpha"],
    "kinds": [],
    "state": "active",
    "reason": None,
    "created_at": "2026-11-28T09:12:44.120000Z",
    "paused_at": None,
    "failures": 0,
    "failing_since": None,
    "next_attempt_at": None,
    "last_success_at": "2026-11-28T09:14:02.704000Z",
    "former_secret_until": None,
}


class Url(Text):
    def __init__(self, **options: Any):
        super().__init__(max_length=URL_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        return checked_url(super().to_internal_value(data))


class Several(serializers.ListField):
    """A list of different items."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        return list(dict.fromkeys(super().to_internal_value(data)))


_SCOPES_HELP = "only what is there; with team_keys, both add up; left out: everything"
_KINDS_HELP = "only these types of changes; left out: all"


class WebhookChange(StrictSerializer):
    EXAMPLE = {"kinds": ["memory.created", "memory.updated", "memory.gone"]}

    url = Url(required=False, help_text="https; its host must have addresses on the internet only")
    description = Text(
        max_length=DESCRIPTION_LENGTH, allow_blank=True, required=False, help_text="for yourself"
    )
    scopes = Several(
        child=Choice(choices=SCOPES), max_length=3, required=False, help_text=_SCOPES_HELP
    )
    team_keys = Several(
        child=TeamKey(), max_length=MOST_TEAMS, required=False, help_text="only of these teams"
    )
    kinds = Several(
        child=Choice(choices=KINDS), max_length=len(KINDS), required=False, help_text=_KINDS_HELP
    )


class NewWebhook(WebhookChange):
    EXAMPLE = {"url": "https://example.com/hook", "scopes": ["personal"], "team_keys": ["alpha"]}

    url = Url(help_text="https; its host must have addresses on the internet only")
    cursor = Text(
        max_length=200,
        required=False,
        help_text="from there on, a cursor of /superthread/changes; left out: from now on",
    )


class Resuming(StrictSerializer):
    EXAMPLE = {}

    cursor = Text(
        max_length=200,
        required=False,
        help_text="from there on, a cursor of /superthread/changes or `now`; left out: from where "
        "it was paused",
    )


class WebhookOut(serializers.Serializer):
    EXAMPLE = EXAMPLE

    id = serializers.IntegerField()
    url = serializers.CharField()
    description = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES))
    team_keys = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.ChoiceField(KINDS))
    state = serializers.ChoiceField(State.values)
    reason = serializers.ChoiceField(
        [one for one in Reason.values if one], allow_null=True, help_text="why it is paused"
    )
    created_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField(help_text="of the delivery that is due, in a row")
    failing_since = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    last_success_at = serializers.DateTimeField(allow_null=True)
    former_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="until then messages are signed with the secret before as well"
    )


class WebhookWithSecret(WebhookOut):
    EXAMPLE = EXAMPLE | {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}

    secret = serializers.CharField(help_text="to verify signatures with; it is told here only")


class WebhookList(serializers.Serializer):
    EXAMPLE = {"webhooks": [EXAMPLE]}

    webhooks = WebhookOut(many=True)


class DeliveriesQuery(StrictSerializer):
    limit = QueryWhole(least=1, most=limits.PAGE, default=50)
    cursor = Text(max_length=200, required=False)


class DeliveryOut(serializers.Serializer):
    at = serializers.DateTimeField()
    message_id = serializers.CharField(help_text="the same on every attempt: header `webhook-id`")
    type = serializers.CharField()
    status = serializers.IntegerField(allow_null=True, help_text="of the answer; null: no answer")
    error = serializers.CharField(allow_blank=True, help_text="why there was no answer")
    duration_ms = serializers.IntegerField()


class DeliveryPage(serializers.Serializer):
    EXAMPLE = {
        "deliveries": [
            {
                "at": "2026-11-28T09:14:02.704000Z",
                "message_id": "msg_" + "9f2c" * 16,
                "type": "memory.updated",
                "status": 204,
                "error": "",
                "duration_ms": 41,
            }
        ],
        "next_cursor": None,
    }

    deliveries = DeliveryOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


def represent(webhook: Webhook) -> dict[str, Any]:
    """An endpoint as its owner sees it."""
    keys = _keys([webhook])
    return _represent(webhook, keys)


def represent_all(webhooks: list[Webhook]) -> list[dict[str, Any]]:
    """As ``represent``, with one look for the keys of teams."""
    keys = _keys(webhooks)
    return [_represent(webhook, keys) for webhook in webhooks]


def _keys(webhooks: list[Webhook]) -> dict[int, str]:
    ids = {team_id for webhook in webhooks for team_id in webhook.team_ids}
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "key")) if ids else {}


def _represent(webhook: Webhook, keys: Mapping[int, str]) -> dict[str, Any]:
    moments = {
        "created_at": webhook.created_at,
        "paused_at": webhook.paused_at,
        "failing_since": webhook.failing_since,
        "next_attempt_at": webhook.next_attempt_at,
        "last_success_at": webhook.last_success_at,
        "former_secret_until": webhook.former_until,
    }
    return {
        "id": webhook.pk,
        "url": webhook.url,
        "description": webhook.description,
        "scopes": webhook.scopes,
        # The key of a team that was deleted is not known.
        "team_keys": [keys[team_id] for team_id in webhook.team_ids if team_id in keys],
        "kinds": webhook.kinds,
        "state": webhook.state,
        "reason": webhook.reason or None,
        "failures": webhook.failures,
        **{name: rfc3339(at) if at else None for name, at in moments.items()},
    }


def represent_attempt(attempt: Attempt) -> dict[str, Any]:
    """One request and how it went."""
    return {
        "at": rfc3339(attempt.at),
        "message_id": attempt.message_id,
        "type": attempt.kind,
        "status": attempt.status,
        "error": attempt.error,
        "duration_ms": attempt.duration_ms,
    }
