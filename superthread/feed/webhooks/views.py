"""``/superthread/webhooks``: one's own endpoints."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core.budget import Budget
from memory_hub.core.errors import JsonAnswer, NotFound
from memory_hub.core.text import key_in
from superthread.feed.webhooks import sending, serializers, services
from superthread.feed.webhooks.models import Attempt, Reason, Webhook
from superthread.scopes import MEMORIES_READ, WEBHOOKS_MANAGE

METHODS = ("GET", "POST", "PATCH", "DELETE")
# Each takes a thread for as long as the receiver takes.
trials = Budget("tests of webhooks", 2)


class _WebhooksView(HubView):
    """Of no use to restricted tokens, as the feed: it tells of what was elsewhere before."""

    principal: Principal
    scopes = dict.fromkeys(METHODS, WEBHOOKS_MANAGE)
    path_schemas = {"webhook_id": {"type": "integer", "minimum": 1}}

    def admit(self) -> None:
        """What is sent is what a token may read that says where to."""
        super().admit()
        self.require(MEMORIES_READ)

    def found(self, webhook_id: str) -> Webhook:
        """The one in the path. Raises NotFound for what is none, or not the caller's."""
        key = key_in(webhook_id)
        if key is None:
            raise NotFound("You have no such webhook.")
        return services.one(key, self.principal.user_id)

    def known(self, webhook_id: str) -> int:
        """Its number. Raises as ``found``."""
        return self.found(webhook_id).pk


class WebhooksView(_WebhooksView):
    problems = {"POST": (410,)}

    @extend_schema(operation_id="list_webhooks", responses=serializers.WebhookList)
    def get(self, request: Request) -> dict[str, Any]:
        """One's own webhooks, newest first, without their secrets."""
        mine = list(services.of(self.principal.user_id))
        return {"webhooks": serializers.represent_all(mine)}

    @extend_schema(
        operation_id="create_webhook",
        request=serializers.NewWebhook,
        responses={201: serializers.WebhookWithSecret},
    )
    def post(self, request: Request) -> HttpResponse:
        """From now on, or from a cursor of `/superthread/changes` on, each change that the feed
        tells you is sent to the address: in order, at least once, with the rights you have at that
        moment, signed as Standard Webhooks has it with the secret that is told here only."""
        position, body = self.prepared
        webhook, secret = services.create(position=position, by=self.principal, **body)
        return _with_secret(webhook, secret, 201)

    def prepare_post(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = self.body(serializers.NewWebhook)
        return services.beginning(body.pop("cursor", None)), body


class WebhookView(_WebhooksView):
    @extend_schema(operation_id="get_webhook", responses=serializers.WebhookOut)
    def get(self, request: Request, webhook_id: str) -> dict[str, Any]:
        """One webhook, and how it goes."""
        return serializers.represent(self.found(webhook_id))

    @extend_schema(
        operation_id="change_webhook",
        request=serializers.WebhookChange,
        responses=serializers.WebhookOut,
    )
    def patch(self, request: Request, webhook_id: str) -> dict[str, Any]:
        """Changes the address, the description, or what is wanted, from the next delivery on."""
        found = self.known(webhook_id)
        body = self.body(serializers.WebhookChange)
        changed = services.change(webhook_id=found, by=self.principal, **body)
        return serializers.represent(changed)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: Request, webhook_id: str) -> None:
        """Nothing more is sent, for good."""
        by = self.principal
        services.delete(webhook_id=self.known(webhook_id), owner_id=by.user_id, by=by)


class PauseView(_WebhooksView):
    @extend_schema(operation_id="pause_webhook", request=None, responses=serializers.WebhookOut)
    def post(self, request: Request, webhook_id: str) -> dict[str, Any]:
        """Nothing more is sent until it is resumed. Nothing is lost meanwhile."""
        found, by = self.known(webhook_id), self.principal
        self.no_body()
        paused = services.pause(webhook_id=found, owner_id=by.user_id, reason=Reason.OWNER, by=by)
        return serializers.represent(paused)


class ResumeView(_WebhooksView):
    problems = {"POST": (410,)}

    @extend_schema(
        operation_id="resume_webhook",
        request=serializers.Resuming,
        responses=serializers.WebhookOut,
    )
    def post(self, request: Request, webhook_id: str) -> dict[str, Any]:
        """Goes on from where it was paused, or from a cursor of `/superthread/changes`. 410
        `cursor-gone`: the hub was restored, and its place is not in the journal any more."""
        found, position = self.prepared
        by = self.principal
        resumed = services.resume(webhook_id=found, owner_id=by.user_id, position=position, by=by)
        return serializers.represent(resumed)

    def prepare_post(self, request: Request, webhook_id: str) -> tuple[int, int | None]:
        found = self.known(webhook_id)
        body = self.body(serializers.Resuming) if request._request.body else {}
        cursor = body.get("cursor")
        return found, None if cursor is None else services.beginning(cursor)


class RotateView(_WebhooksView):
    @extend_schema(
        operation_id="rotate_webhook_secret",
        request=None,
        responses=serializers.WebhookWithSecret,
    )
    def post(self, request: Request, webhook_id: str) -> HttpResponse:
        """A new secret, told here only. For 24 hours messages are signed with the one before as
        well."""
        found = self.known(webhook_id)
        self.no_body()
        return _with_secret(*services.rotate(webhook_id=found, by=self.principal))


class TestView(_WebhooksView):
    # No tests of pytest's.
    __test__ = False

    @extend_schema(operation_id="test_webhook", request=None, responses=serializers.DeliveryOut)
    def post(self, request: Request, webhook_id: str) -> dict[str, Any]:
        """Sends a message of the type `webhook.test` now, paused or not, and tells how it went."""
        webhook, message, outcome = self.prepared
        services.note_trial(
            webhook_id=webhook.pk, message=message, outcome=outcome, by=self.principal
        )
        return serializers.represent_attempt(outcome.attempt(webhook, message))

    def prepare_post(
        self, request: Request, webhook_id: str
    ) -> tuple[Webhook, sending.Message, sending.DeliveryOutcome]:
        """Sends it: a receiver is waited for in no transaction."""
        webhook = self.found(webhook_id)
        self.no_body()
        message = sending.trial()
        with trials.holding(1):
            return webhook, message, services.tried(webhook, message)

    def is_large(self, request: Any) -> bool:
        """Of these a user has one at a time."""
        return True


class DeliveriesView(_WebhooksView):
    queries = {"GET": serializers.DeliveriesQuery}

    @extend_schema(
        operation_id="list_webhook_deliveries",
        parameters=[serializers.DeliveriesQuery],
        responses=serializers.DeliveryPage,
    )
    def get(self, request: Request, webhook_id: str) -> dict[str, Any]:
        """What was sent in the last 30 days and how it went, newest first. Contents are not
        kept."""
        found = self.known(webhook_id)
        fingerprint, limit = f"webhook|{found}", self.parameters["limit"]
        attempts = Attempt.objects.filter(webhook_id=found)
        if cursor := self.parameters.get("cursor"):
            (before,) = decode(cursor, fingerprint)
            attempts = attempts.filter(pk__lt=before)
        rows = list(attempts.order_by("-pk")[: limit + 1])
        following = encode(fingerprint, [rows[limit - 1].pk]) if len(rows) > limit else None
        told = [serializers.represent_attempt(row) for row in rows[:limit]]
        return {"deliveries": told, "next_cursor": following}


def _with_secret(webhook: Webhook, secret: str, status: int = 200) -> HttpResponse:
    answer = JsonAnswer(serializers.represent(webhook) | {"secret": secret}, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
