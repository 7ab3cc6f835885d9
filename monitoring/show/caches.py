"""``/monitoring/cache``: what the caches of all workers did, and emptying them."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from memory_hub.api.describing import extend_schema
from memory_hub.api.views import HubView
from memory_hub.caching import maintenance, registry
from memory_hub.core import deadline
from monitoring.scopes import MONITORING_READ, MONITORING_WRITE


class CacheOut(serializers.Serializer):
    name = serializers.CharField()
    backend = serializers.CharField()
    entries = serializers.IntegerField()
    max_entries = serializers.IntegerField()
    hits = serializers.IntegerField()
    misses = serializers.IntegerField()
    hit_rate = serializers.FloatField(help_text="0 to 1")
    evictions = serializers.IntegerField()
    expired = serializers.IntegerField()
    invalidations = serializers.IntegerField()


class CachesOut(serializers.Serializer):
    caches = CacheOut(many=True)


class RemovedOut(serializers.Serializer):
    removed = serializers.IntegerField(help_text="entries that went, in all workers and in Redis")
    by_cache = serializers.DictField(child=serializers.IntegerField())


class CacheView(HubView):
    scopes = {"GET": MONITORING_READ}

    @extend_schema(operation_id="cache_statistics", responses=CachesOut)
    def get(self, request: Request) -> dict[str, Any]:
        """Each cache, summed over all workers of this host."""
        return {"caches": registry.describe()}


class ClearView(HubView):
    scopes = {"POST": MONITORING_WRITE}

    @extend_schema(operation_id="clear_caches", request=None, responses=RemovedOut)
    def post(self, request: Request) -> dict[str, Any]:
        """Forgets everything, in every worker and in Redis."""
        self.no_body()
        with deadline.changing():
            return told(maintenance.clear())


class CleanupView(HubView):
    scopes = {"POST": MONITORING_WRITE}

    @extend_schema(operation_id="cleanup_caches", request=None, responses=RemovedOut)
    def post(self, request: Request) -> dict[str, Any]:
        """Drops what has expired or is outdated, in every worker."""
        self.no_body()
        with deadline.changing():
            return told(maintenance.cleanup())


def told(removed: dict[str, int]) -> dict[str, Any]:
    """What was removed from each cache by its name, and the sum."""
    return {"removed": sum(removed.values()), "by_cache": removed}
