"""The Django application ``monitoring``."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Connects the timing of queries and of work inside the hub when Django starts."""

    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from memory_hub.core import request_stats
        from monitoring.record import query_timing
        from monitoring.record.measure import performance

        query_timing.connect()
        request_stats.watchers.append(performance.record_work)
