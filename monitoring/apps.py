"""The Django application ``monitoring``."""

from django.apps import AppConfig

from memory_hub.core.features import Features, SideBarItem
from monitoring.scopes import SCOPES


class MonitoringConfig(AppConfig):
    """Connects the timing of queries when Django starts."""

    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        prefix="/monitoring",
        urls="monitoring.urls",
        pages=("/dashboard",),
        probes=("/health/live", "/health/ready", "/metrics"),
        answers_when_full=True,
        tag="Health, timings and caches, for operators",
        scopes=SCOPES,
        work_watchers=("monitoring.record.measure.record_work",),
        side_bar=(
            SideBarItem("Monitoring", "Dashboard", "monitoring", url="dashboard"),
            SideBarItem("Monitoring", "Endpoints", "speed", model="monitoring.endpointtotal"),
            SideBarItem("Monitoring", "Slow requests", "hourglass", model="monitoring.slowrequest"),
            SideBarItem("Monitoring", "Slow queries", "database", model="monitoring.slowquery"),
            SideBarItem("Monitoring", "Workers", "memory", model="monitoring.workerprocess"),
        ),
        order=40,
        jobs=(
            "monitoring.jobs.STATISTICS",
            "monitoring.jobs.ACCESS_LOG",
            "monitoring.jobs.TIDY_STATISTICS",
        ),
    )

    def ready(self) -> None:
        from monitoring.record import query_timing

        query_timing.connect()
