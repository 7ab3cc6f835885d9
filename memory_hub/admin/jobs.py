"""What runs in the background: the scheduled jobs and the queue of tasks."""

import socket
from typing import Any

import orjson
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from memory_hub.admin.base import HubAdmin, ReadOnlyPage, moment
from memory_hub.jobs import queue, report, schedule
from memory_hub.jobs.declared import scheduled
from memory_hub.jobs.leases import database_now
from memory_hub.jobs.models import QueuedTask, ScheduledJob, Status


class _Steered(ReadOnlyPage, HubAdmin):
    """A list to look at, with actions for those who may change its rows."""

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"jobs.change_{self.opts.model_name}")


@admin.register(ScheduledJob)
class ScheduledJobAdmin(_Steered):
    """The declared jobs; a row whose job is no more is not shown. Below them what every worker
    does, as this host's processes tell."""

    list_after_template = "admin/hub/worker_jobs.html"

    list_display = [
        "name",
        "state",
        "last_run",
        "outcome",
        "took",
        "count",
        "next_run",
        "owner",
        "error",
    ]
    ordering = ["name"]
    sortable_by = ()
    actions = ["run_now", "enable", "disable"]
    fields = [
        "name",
        "what",
        "every",
        "enabled",
        "next_run_at",
        "owner",
        "lease_until",
        "started_at",
        "finished_at",
        "outcome",
        "took",
        "count",
        "error",
        "failures",
        "succeeded_at",
        "done_total",
        "failed_total",
        "lost_total",
    ]
    readonly_fields = ["what", "every", "took"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduledJob]:
        schedule.rows()
        return super().get_queryset(request).filter(pk__in=scheduled())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {
            "host": socket.gethostname(),
            "worker_jobs": {
                "headers": _OF_WORKERS,
                "rows": [_worker_row(job) for job in report.workers()],
            },
        }
        return super().changelist_view(request, told | (extra_context or {}))

    def audit_name(self, obj: Any) -> str:
        return f"job {obj.pk}"

    @admin.display(description=_("state"))
    def state(self, row: ScheduledJob) -> str:
        return gettext(report.state_of(row, database_now()))

    @admin.display(description=_("last run (UTC)"))
    def last_run(self, row: ScheduledJob) -> SafeString | str:
        return moment(row.started_at)

    @admin.display(description=_("next run (UTC)"))
    def next_run(self, row: ScheduledJob) -> SafeString | str:
        return moment(row.next_run_at if row.enabled else None)

    @admin.display(description=_("took"))
    def took(self, row: ScheduledJob) -> str:
        return "–" if row.duration_ms is None else f"{row.duration_ms / 1000:.1f} s"

    @admin.display(description=_("what it does"))
    def what(self, row: ScheduledJob) -> str:
        return gettext(scheduled()[row.name].help)

    @admin.display(description=_("every"))
    def every(self, row: ScheduledJob) -> str:
        hours = scheduled()[row.name].every.total_seconds() / 3600
        return _("%(count)s hours") % {"count": f"{hours:g}"}

    @admin.action(description=_("Run now"), permissions=["steer"])
    def run_now(self, request: HttpRequest, selection: QuerySet) -> None:
        chosen = self.chosen(request, selection)
        chosen = [job for job in chosen if job.enabled]
        asked = schedule.ask(job.pk for job in chosen)
        self.audit(request, chosen, gettext_noop("Had it run at once."))
        told = _("A worker begins %(count)s jobs within seconds; it runs none that is disabled.")
        self.message_user(
            request, told % {"count": asked}, messages.SUCCESS if asked else messages.WARNING
        )

    @admin.action(description=_("Enable"), permissions=["steer"])
    def enable(self, request: HttpRequest, selection: QuerySet) -> None:
        self._enable(request, selection, True)

    @admin.action(description=_("Disable"), permissions=["steer"])
    def disable(self, request: HttpRequest, selection: QuerySet) -> None:
        self._enable(request, selection, False)

    def _enable(self, request: HttpRequest, selection: QuerySet, enabled: bool) -> None:
        chosen = self.chosen(request, selection)
        schedule.enable((job.pk for job in chosen), enabled)
        noted = gettext_noop("Enabled it.") if enabled else gettext_noop("Disabled it.")
        self.audit(request, chosen, noted)
        told = _("Enabled %(count)s jobs.") if enabled else _("Disabled %(count)s jobs.")
        self.message_user(request, told % {"count": len(chosen)}, messages.SUCCESS)


def _worker_row(job: dict[str, Any]) -> list[Any]:
    running = job["processes"]
    return [
        format_html(_NAME, job["name"]),
        gettext(job["help"]),
        ", ".join(str(process["pid"]) for process in running) or "–",
        moment(running[0]["last_round_at"] if running else None),
        job["done"],
        job["failed"],
        moment(job["last_failure_at"]),
        format_html(_NAME, job["last_error"]) if job["last_error"] else "–",
    ]


_NAME = "<code>{}</code>"
_OF_WORKERS = (
    _("name"),
    _("what it does"),
    _("processes"),
    _("last round (UTC)"),
    _("rounds done"),
    _("rounds failed"),
    _("last failure (UTC)"),
    _("error"),
)


@admin.register(QueuedTask)
class QueuedTaskAdmin(_Steered):
    """Tasks that wait, run, or ended a short time ago; those that failed are dead letters.

    What they were called with is not shown: it may be what somebody wrote.
    """

    list_display = ["path", "status", "run", "max_attempts", "enqueued", "due", "ended", "owner"]
    list_filter = ["status"]
    search_fields = ["path"]
    sortable_by = ()
    actions = ["try_again"]
    fields = [
        "id",
        "path",
        "queue",
        "priority",
        "status",
        "run",
        "max_attempts",
        "enqueued_at",
        "due_at",
        "started_at",
        "last_attempted_at",
        "finished_at",
        "owner",
        "lease_until",
        "attempts",
    ]
    readonly_fields = ["attempts"]

    def audit_name(self, obj: Any) -> str:
        return f"task {obj.pk}"

    @admin.display(description=_("enqueued (UTC)"))
    def enqueued(self, row: QueuedTask) -> SafeString | str:
        return moment(row.enqueued_at)

    @admin.display(description=_("not before (UTC)"))
    def due(self, row: QueuedTask) -> SafeString | str:
        return moment(row.due_at if row.status == Status.READY else None)

    @admin.display(description=_("ended (UTC)"))
    def ended(self, row: QueuedTask) -> SafeString | str:
        return moment(row.finished_at)

    @admin.display(description=_("attempts that failed"))
    def attempts(self, row: QueuedTask) -> SafeString | str:
        text = orjson.dumps(row.errors, option=orjson.OPT_INDENT_2).decode().replace("\\n", "\n")
        return format_html('<pre class="whitespace-pre-wrap">{}</pre>', text) if row.errors else "–"

    @admin.action(description=_("Try again"), permissions=["steer"])
    def try_again(self, request: HttpRequest, selection: QuerySet) -> None:
        failed = self.chosen(request, selection.filter(status=Status.FAILED))
        again = queue.try_again(task.pk for task in failed)
        self.audit(request, failed, gettext_noop("Had it tried again."))
        told = _("%(count)s tasks are tried again.") % {"count": again}
        self.message_user(request, told, messages.SUCCESS)
