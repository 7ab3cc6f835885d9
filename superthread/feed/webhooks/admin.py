"""Webhooks in the admin: looked at, paused, resumed, deleted. Their owners make them: what is sent
is what these may see."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, Labelled, moment
from memory_hub.core.errors import HubError
from superthread.feed.webhooks import services
from superthread.feed.webhooks.models import Reason, State, Webhook
from superthread.feed.webhooks.sending import host_of

LABELS = {"active": "success", "failing": "warning", "paused": "danger"}
WORDS = {"active": _("active"), "failing": _("failing"), "paused": _("paused")}


@admin.register(Webhook)
class WebhookAdmin(HubAdmin):
    list_display = ["host", "owner", "shown_state", "why", "succeeded", "failures"]
    list_select_related = ["owner"]
    list_filter = ["state", "reason"]
    search_fields = ["owner__email"]
    search_help_text = _("e-mail address of the owner")
    ordering = ["-pk"]
    sortable_by = ()
    actions = ["pause_chosen", "resume_chosen"]
    actions_detail = ["pause", "resume"]
    # Of the address the host alone: the rest of it is often a secret of the owner's.
    fields = [
        *("host", "owner", "description", "shown_state", "why", "scopes", "team_ids", "kinds"),
        *("created_at", "paused_at", "position", "succeeded", "failures", "failing_since"),
        *("next_attempt_at", "delivered_total", "failed_total"),
    ]
    readonly_fields = fields

    @admin.display(description=_("host"))
    def host(self, webhook: Webhook) -> str:
        return host_of(webhook)

    @display(description=_("state"), label=LABELS)
    def shown_state(self, webhook: Webhook) -> Labelled:
        failing = webhook.state == State.ACTIVE and webhook.failures
        state = "failing" if failing else str(webhook.state)
        return Labelled(state, WORDS[state])

    @admin.display(description=_("why paused"))
    def why(self, webhook: Webhook) -> str:
        return gettext(Reason(webhook.reason).label)

    @admin.display(description=_("last delivered (UTC)"))
    def succeeded(self, webhook: Webhook) -> SafeString | str:
        return moment(webhook.last_success_at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Webhook | None = None) -> bool:
        return False

    def has_steer_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("webhooks.change_webhook")

    def delete_model(self, request: HttpRequest, obj: Webhook) -> None:
        services.delete(webhook_id=obj.pk, owner_id=obj.owner_id, by=operator(request))

    @admin.action(description=_("Pause"), permissions=["steer"])
    def pause_chosen(self, request: HttpRequest, selection: QuerySet[Webhook]) -> None:
        self.message_user(request, self._pause(request, self.chosen(request, selection)))

    @admin.action(description=_("Resume"), permissions=["steer"])
    def resume_chosen(self, request: HttpRequest, selection: QuerySet[Webhook]) -> None:
        self.message_user(request, self._resume(request, self.chosen(request, selection)))

    @action(description=_("Pause"), permissions=["steer"], icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        webhook = self.one(request, object_id)
        return self.confirmed(
            request,
            webhook,
            question=_("Pause webhook %(pk)s of %(owner)s?")
            % {"pk": webhook.pk, "owner": webhook.owner},
            detail=_("Nothing is sent until it is resumed, and nothing is lost."),
            button=_("Pause"),
            act=lambda: self._pause(request, [webhook]),
        )

    @action(description=_("Resume"), permissions=["steer"], icon="play_arrow")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        webhook = self.one(request, object_id)
        return self.confirmed(
            request,
            webhook,
            question=_("Resume webhook %(pk)s of %(owner)s?")
            % {"pk": webhook.pk, "owner": webhook.owner},
            detail=_("What has happened since it was paused is sent."),
            button=_("Resume"),
            act=lambda: self._resume(request, [webhook]),
        )

    def _pause(self, request: HttpRequest, webhooks: list[Webhook]) -> str:
        by = operator(request)
        done = self._done(
            request,
            [one for one in webhooks if one.state == State.ACTIVE],
            "Paused.",
            lambda one: services.pause(
                webhook_id=one.pk, owner_id=one.owner_id, reason=Reason.OPERATOR, by=by
            ),
        )
        told = _("Paused %(done)s of %(count)s webhooks.")
        return told % {"done": done, "count": len(webhooks)}

    def _resume(self, request: HttpRequest, webhooks: list[Webhook]) -> str:
        by = operator(request)
        done = self._done(
            request,
            [one for one in webhooks if one.state == State.PAUSED],
            "Resumed.",
            lambda one: services.resume(webhook_id=one.pk, owner_id=one.owner_id, by=by),
        )
        told = _("Resumed %(done)s of %(count)s webhooks.")
        return told % {"done": done, "count": len(webhooks)}

    def _done(
        self,
        request: HttpRequest,
        webhooks: list[Webhook],
        message: str,
        act: Callable[[Webhook], object],
    ) -> int:
        """Does it to each that allows it: how many that were."""
        done = []
        for webhook in webhooks:
            try:
                act(webhook)
            except HubError as error:
                self.message_user(
                    request,
                    _("Webhook %(pk)s: %(error)s") % {"pk": webhook.pk, "error": error},
                    "error",
                )
            else:
                done.append(webhook)
        self.audit(request, done, message)
        return len(done)
