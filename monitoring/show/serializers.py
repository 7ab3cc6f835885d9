"""Query strings and the shapes of answers."""

from rest_framework import serializers

from memory_hub.api.fields import Choice, QueryWhole
from memory_hub.api.serializers import StrictSerializer
from monitoring.aggregates.windows import WINDOWS
from monitoring.show.reports import DEFAULT_COUNT, MOST_ROWS


class WindowQuery(StrictSerializer):
    window = Choice(
        list(WINDOWS),
        default="all",
        help_text="The last minutes, hours or days; all: since the last reset.",
    )


class RankedQuery(WindowQuery):
    count = QueryWhole(least=1, most=MOST_ROWS, default=DEFAULT_COUNT)


class TimesOut(serializers.Serializer):
    """Milliseconds; percentiles are at most 5 % off."""

    avg_time_ms = serializers.FloatField()
    p50_ms = serializers.FloatField()
    p95_ms = serializers.FloatField()
    p99_ms = serializers.FloatField()


class LostWorkerOut(serializers.Serializer):
    """A worker that ended without a last report: what it did after this is missing."""

    host = serializers.CharField()
    pid = serializers.IntegerField()
    last_report = serializers.DateTimeField()


class SummaryOut(TimesOut):
    total_requests = serializers.IntegerField()
    total_errors = serializers.IntegerField(help_text="answers with a status from 400 on")
    error_rate_percent = serializers.FloatField()
    slow_count = serializers.IntegerField()
    cache_hits = serializers.IntegerField()
    endpoint_count = serializers.IntegerField()
    status_codes = serializers.DictField(child=serializers.IntegerField())
    window = serializers.CharField()
    since = serializers.DateTimeField()
    epoch = serializers.IntegerField()
    workers_reporting = serializers.IntegerField()
    workers_lost = LostWorkerOut(many=True)


class CallsOut(TimesOut):
    request_count = serializers.IntegerField()
    min_time_ms = serializers.FloatField()
    max_time_ms = serializers.FloatField()
    error_count = serializers.IntegerField()
    success_rate = serializers.FloatField(help_text="percent")
    slow_count = serializers.IntegerField()
    cache_hits = serializers.IntegerField()
    avg_wait_ms = serializers.FloatField(help_text="waiting for a worker thread")
    avg_db_ms = serializers.FloatField(help_text="in database queries")


class EndpointOut(CallsOut):
    endpoint = serializers.CharField(help_text="route template")
    method = serializers.CharField()
    status_codes = serializers.DictField(child=serializers.IntegerField())


class FunctionOut(CallsOut):
    function = serializers.CharField()


class EndpointsOut(serializers.Serializer):
    endpoints = EndpointOut(many=True)


class PerformanceOut(EndpointsOut):
    summary = SummaryOut()
    functions = FunctionOut(many=True)


class ResetOut(serializers.Serializer):
    epoch = serializers.IntegerField()
    acknowledged = serializers.IntegerField()
    workers = serializers.IntegerField()


class ReadinessOut(serializers.Serializer):
    status = serializers.CharField()
