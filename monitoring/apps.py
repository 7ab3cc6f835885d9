"""The Django application ``monitoring``."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Connects the timing of queries and of work inside the hub when Django starts."""

    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from memory_hub import observation
        from monitoring import queries
        from monitoring.measure import performance

        queries.connect()
        observation.watchers.append(performance.record_work)
