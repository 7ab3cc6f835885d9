"""``/monitoring`` over HTTP: statistics, health, metrics."""

import asyncio
import hmac
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.core import credentials
from memory_hub.core.errors import JsonAnswer
from memory_hub.http.middleware import accepts_gzip
from memory_hub.threads.worker_pool import run_in_worker
from monitoring.record import pools, resets
from monitoring.record.flusher import flusher
from monitoring.scopes import MONITORING_READ, MONITORING_WRITE
from monitoring.show import charts, health, metrics, reports, serializers
from monitoring.show.exposition import CONTENT_TYPE


class StatisticsView(HubView):
    """A view under the monitoring scopes."""

    scopes = {"GET": MONITORING_READ, "POST": MONITORING_WRITE}


class PerformanceView(StatisticsView):
    queries = {"GET": serializers.WindowQuery}

    @extend_schema(
        operation_id="performance",
        parameters=[serializers.WindowQuery],
        responses=serializers.PerformanceOut,
    )
    def get(self, request: Request) -> dict[str, Any]:
        """Statistics of all workers, by route and method. Workers report every five seconds."""
        flusher.flush_if_possible()
        return reports.performance(self.parameters["window"])


class _RankedView(StatisticsView):
    """The first rows by one field."""

    queries = {"GET": serializers.RankedQuery}
    field = ""

    def ranked(self) -> dict[str, Any]:
        """Return as many endpoints as were asked for."""
        flusher.flush_if_possible()
        rows = reports.endpoints(reports.totals_of(self.parameters["window"]))
        return {"endpoints": reports.ranked(rows, self.field, self.parameters["count"])}


class SlowestView(_RankedView):
    field = "avg_time_ms"

    @extend_schema(
        operation_id="slowest_endpoints",
        parameters=[serializers.RankedQuery],
        responses=serializers.EndpointsOut,
    )
    def get(self, request: Request) -> dict[str, Any]:
        """The endpoints with the highest average time."""
        return self.ranked()


class MostUsedView(_RankedView):
    field = "request_count"

    @extend_schema(
        operation_id="most_used_endpoints",
        parameters=[serializers.RankedQuery],
        responses=serializers.EndpointsOut,
    )
    def get(self, request: Request) -> dict[str, Any]:
        """The endpoints with the most requests."""
        return self.ranked()


class ResetView(StatisticsView):
    tells_changes = True

    @extend_schema(operation_id="reset_performance", request=None, responses=serializers.ResetOut)
    async def post(self, request: Request) -> HttpResponse:
        """Begin a new epoch in every worker; answers when all acknowledged, or after ten seconds
        with how many did."""
        await run_in_worker(self.no_body)
        epoch = await run_in_worker(resets.begin, self.principal.email)
        deadline = asyncio.get_running_loop().time() + resets.ACKNOWLEDGE_SECONDS
        while True:
            done, alive = await run_in_worker(resets.acknowledged, epoch)
            if done >= alive or asyncio.get_running_loop().time() > deadline:
                return JsonAnswer({"epoch": epoch, "acknowledged": done, "workers": alive})
            await asyncio.sleep(resets.LOOK_SECONDS)


class PoolView(StatisticsView):
    @extend_schema(operation_id="pool", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> dict[str, Any]:
        """The database connections of the worker that answers, per database."""
        return pools.of_this_process()


class ChartsView(StatisticsView):
    queries = {"GET": serializers.WindowQuery}

    @extend_schema(
        operation_id="charts",
        parameters=[serializers.WindowQuery],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> dict[str, Any]:
        """What the dashboard shows: as the workers last reported, some seconds ago."""
        return charts.data(self.parameters["window"])


class MetricsView(StatisticsView):
    @extend_schema(operation_id="metrics", responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        """Prometheus text, summed over all workers: scrape one address of a hub."""
        text = metrics.render()
        if not accepts_gzip(request):
            return HttpResponse(text, CONTENT_TYPE)
        # Here in a worker thread: the middleware would do it on the event loop.
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return HttpResponse(metrics.compressed(text), CONTENT_TYPE, headers=headers)

    def admit(self) -> None:
        """Accept the scrape token in the place of a token of the hub."""
        if not self._is_scraper():
            super().admit()

    def _is_scraper(self) -> bool:
        expected = settings.HUB_SCRAPE_TOKEN
        given = credentials.of(self.request._request).token
        return bool(expected) and hmac.compare_digest(given or b"", expected.encode())


class LiveView(HubView):
    public = ("GET",)

    @extend_schema(operation_id="health_live", responses=serializers.ReadinessOut, auth=[])
    async def get(self, request: Request) -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}


class ReadyView(HubView):
    public = ("GET",)

    @extend_schema(
        operation_id="health_ready",
        responses={200: serializers.ReadinessOut, 503: serializers.ReadinessOut},
        auth=[],
    )
    async def get(self, request: Request) -> HttpResponse:
        """The hub can do its work: every database takes a write, which is rolled back."""
        if await health.is_ready():
            return JsonAnswer({"status": "ready"})
        return JsonAnswer({"status": "unavailable"}, 503, {"Retry-After": "5"})
