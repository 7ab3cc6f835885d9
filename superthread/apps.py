from django.apps import AppConfig

from memory_hub.core.features import CachedTable, Features, RowLink, SideBarItem
from memory_hub.rate_limits.prices import SEARCH
from superthread.limits import BATCH_BODY_BYTES
from superthread.prices import PRICES
from superthread.scopes import SCOPES


class SuperthreadConfig(AppConfig):
    name = "superthread"
    verbose_name = "Memories"
    default_auto_field = "django.db.models.BigAutoField"

    features = Features(
        prefix="/superthread",
        urls="superthread.urls",
        tag="Memories: save, find, share, versions, trash",
        scopes=SCOPES,
        points={"/search": SEARCH},
        prices=PRICES,
        body_limits={"/batch/": BATCH_BODY_BYTES},
        cached_tables={
            "superthread_memory": CachedTable(),
            "superthread_version": CachedTable(),
            "superthread_grant": CachedTable(),
        },
        metrics=("superthread.metrics.families",),
        jobs=("superthread.jobs.PURGE_MEMORIES",),
        side_bar=(
            SideBarItem("Memories", "Memories", "notes", model="superthread.memory"),
            SideBarItem("Memories", "Versions", "history", model="superthread.version"),
            SideBarItem("Memories", "Grants", "share", model="superthread.grant"),
        ),
        row_links=(
            RowLink(
                model="accounts.team",
                title="memories",
                url="admin:superthread_memory_changelist",
                query={"team": "key"},
            ),
        ),
        order=10,
    )

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
