from django.apps import AppConfig

from memory_hub.caching.statements import CachedTable


class SuperthreadConfig(AppConfig):
    name = "superthread"
    verbose_name = "Memories"
    default_auto_field = "django.db.models.BigAutoField"

    cached_tables = {
        "superthread_memory": CachedTable(),
        "superthread_version": CachedTable(),
        "superthread_grant": CachedTable(),
    }

    def ready(self) -> None:
        from memory_hub.accounts.departures import departed
        from superthread import checks, openapi  # noqa: F401 - they register themselves
        from superthread.services.ownership import end_offers
        from superthread.services.sharing import end_grants

        for end in (end_grants, end_offers):
            departed.connect(
                lambda team_id, emails, end=end, **_: end(team_id, emails),
                weak=False,
                dispatch_uid=f"superthread.{end.__name__}",
            )
