"""What a person inspects: endpoints, slow requests and queries, workers, pools, resets.

Everything is read-only but one button: the reset, for those with the permission, and recorded.
"""

from dataclasses import fields
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from memory_hub.caching import registry
from memory_hub.caching.statistics import CacheStatistics
from monitoring.aggregates.windows import WINDOWS
from monitoring.models import EndpointTotal, Reset, SlowQuery, SlowRequest, WorkerProcess
from monitoring.record import pools, resets
from monitoring.show import reports

RESET_PERMISSION = "monitoring.reset_statistics"
DEFAULT_WINDOW, DEFAULT_ORDER = "all", "request_count"
COLUMNS = (
    (_("Endpoint"), "endpoint"),
    (_("Method"), "method"),
    (_("Requests"), "request_count"),
    (_("Errors %"), "error_percent"),
    (_("Average ms"), "avg_time_ms"),
    ("p50", "p50_ms"),
    ("p95", "p95_ms"),
    ("p99", "p99_ms"),
    (_("Max"), "max_time_ms"),
    (_("Slow"), "slow_count"),
    (_("Cached"), "cache_hits"),
)
CACHE_COLUMNS = (*(field.name for field in fields(CacheStatistics)), "hit_rate")
POOL_COLUMNS = ("type", *pools.SUMMED)


class ReadOnlyAdmin(ModelAdmin):
    """A list to look at: nothing is added, changed or deleted."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EndpointTotal)
class EndpointAdmin(ReadOnlyAdmin):
    """Statistics by endpoint over all statuses, from the same report as the API's."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("reset/", wrap(require_POST(self.reset)), name="monitoring_reset"),
            path("pools/", wrap(self.pools), name="monitoring_pools"),
            path("caches/", wrap(self.caches), name="monitoring_caches"),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the endpoints of a window, ordered by any column."""
        self._require_view(request)
        window = request.GET.get("window", DEFAULT_WINDOW)
        order = request.GET.get("order", f"-{DEFAULT_ORDER}")
        window = window if window in WINDOWS else DEFAULT_WINDOW
        answer = reports.performance(window)
        rows = [
            row | {"error_percent": round(100 - row["success_rate"], 3)}
            for row in answer["endpoints"]
        ]
        field = order.removeprefix("-")
        if field not in {key for _, key in COLUMNS}:
            field, order = DEFAULT_ORDER, f"-{DEFAULT_ORDER}"
        rows.sort(key=lambda row: row[field], reverse=order.startswith("-"))
        table = {
            "headers": [_header(name, key, order, window) for name, key in COLUMNS],
            "rows": [[row[key] for _, key in COLUMNS] for row in rows],
        }
        return self._page(
            request,
            _("Endpoint statistics"),
            table,
            summary=answer["summary"],
            windows=WINDOWS,
            window=window,
            order=order,
            may_reset=request.user.has_perm(RESET_PERMISSION),
        )

    def reset(self, request: HttpRequest) -> HttpResponse:
        """Begin a new epoch; noted in the admin's log and in the list of resets."""
        if not request.user.has_perm(RESET_PERMISSION):
            raise PermissionDenied
        epoch = resets.begin(request.user.email)
        done, alive = resets.wait(epoch)
        LogEntry.objects.create(
            user_id=request.user.pk,
            object_repr="statistics",
            action_flag=CHANGE,
            change_message=f"Reset the statistics: epoch {epoch}.",
        )
        level = messages.SUCCESS if done >= alive else messages.WARNING
        told = _("New statistics have begun: epoch %(epoch)s, %(done)s/%(alive)s workers.")
        said = told % {"epoch": epoch, "done": done, "alive": alive}
        self.message_user(request, said, level)
        return HttpResponseRedirect(reverse("admin:monitoring_endpointtotal_changelist"))

    def pools(self, request: HttpRequest) -> HttpResponse:
        """Show the database connections of all workers."""
        self._require_view(request)
        stats = pools.of_all_workers()
        table = {
            "headers": [
                _("Database"),
                *(gettext(field.replace("_", " ")) for field in POOL_COLUMNS),
            ],
            "rows": [
                [alias, *(_shown(pool.get(field)) for field in POOL_COLUMNS)]
                for alias, pool in stats.items()
            ],
        }
        return self._page(request, _("Database pools"), table)

    def caches(self, request: HttpRequest) -> HttpResponse:
        """Show the caches of this host."""
        self._require_view(request)
        caches = registry.describe()
        table = {
            "headers": [gettext(field.replace("_", " ")) for field in CACHE_COLUMNS],
            "rows": [[cache[field] for field in CACHE_COLUMNS] for cache in caches],
        }
        return self._page(request, _("Caches"), table)

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(
        self, request: HttpRequest, title: str, table: dict[str, Any], **context: Any
    ) -> HttpResponse:
        return TemplateResponse(
            request,
            "admin/monitoring/table.html",
            self.admin_site.each_context(request)
            | {"title": title, "opts": self.opts, "table": table}
            | context,
        )


def _shown(value: Any) -> Any:
    return "–" if value is None else value


def _header(name: str, key: str, order: str, window: str) -> str:
    """Return a column's title as a link that orders by it, or the other way round."""
    descending = order == f"-{key}"
    mark = {f"-{key}": " ↓", key: " ↑"}.get(order, "")
    query = urlencode({"window": window, "order": key if descending else f"-{key}"})
    return format_html('<a href="?{}">{}{}</a>', query, name, mark)


@admin.register(SlowRequest)
class SlowRequestAdmin(ReadOnlyAdmin):
    list_display = ["at", "method", "route", "status", "duration_ms", "db_ms", "wait_ms"]
    list_filter = ["status", "method"]
    search_fields = ["route", "request_id"]


@admin.register(SlowQuery)
class SlowQueryAdmin(ReadOnlyAdmin):
    list_display = ["at", "database", "route", "duration_ms", "statement_start"]
    search_fields = ["route", "request_id"]

    @admin.display(description=_("statement"))
    def statement_start(self, row: SlowQuery) -> str:
        """Return as much of the statement as a list has room for."""
        return row.statement[:120]


@admin.register(WorkerProcess)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ["host", "pid", "shown_state", "seen_at", "epoch", "requests", "memory_bytes"]

    @admin.display(description=_("state"))
    def shown_state(self, worker: WorkerProcess) -> str:
        return gettext(worker.state)


@admin.register(Reset)
class ResetAdmin(ReadOnlyAdmin):
    list_display = ["epoch", "at", "by"]
