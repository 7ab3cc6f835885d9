from django.apps import AppConfig

from memory_hub.core.features import CachedTable, Features, RowLink, SideBarItem
from memory_hub.events.order import Stage
from memory_hub.rate_limits.prices import SEARCH
from superthread.limits import BATCH_BODY_BYTES, FILE_BYTES
from superthread.prices import PRICES, TEST
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
        points={"/search": SEARCH, "/webhooks/{id}/test": TEST},
        prices=PRICES,
        body_limits={"/batch/": BATCH_BODY_BYTES},
        uploads={"/imports": FILE_BYTES},
        together=(
            "superthread.views.plain.reads.answer",
            "superthread.views.plain.searches.answer",
            "superthread.views.plain.saves.answer",
        ),
        cached_tables={
            # Who moved it to the trash is told by the trash alone, which is not kept; the space
            # follows from other columns.
            "superthread_memory": CachedTable(harmless=frozenset({"deleted_by_id", "space"})),
            "superthread_version": CachedTable(),
            "superthread_grant": CachedTable(),
        },
        subscribers={
            Stage.CONSEQUENCES: (
                "superthread.services.upkeep.departures.follow",
                "superthread.services.upkeep.readdressing.follow",
                "superthread.scanning.judging.follow",
            ),
            Stage.ANSWERS: ("superthread.generations.outdate",),
            Stage.NAMES: (
                "superthread.derived_rows.path_names.follow",
                "superthread.derived_rows.links.follow",
                "superthread.derived_rows.identifiers.follow",
            ),
            Stage.INDEX: ("superthread.search.index.subscriber.follow",),
            Stage.RECORD: ("superthread.feed.recorded.record",),
        },
        metrics=("superthread.metrics.families",),
        jobs=(
            "superthread.jobs.PURGE_MEMORIES",
            "superthread.jobs.ERASE_TRACES",
            "superthread.jobs.DROP_OLD_INDEXES",
            "superthread.jobs.INDEX",
            "superthread.jobs.FOLD_INDEX",
            "superthread.jobs.IMPORT",
            "superthread.jobs.FORGET_IMPORTS",
            "superthread.jobs.EXPORT",
            "superthread.jobs.FORGET_EXPORTS",
        ),
        journal_must_stay=("superthread.services.holds.is_any",),
        before_journal_cut=("superthread.feed.cut.keep",),
        side_bar=(
            SideBarItem("Memories", "Memories", "notes", model="superthread.memory"),
            SideBarItem("Memories", "Versions", "history", model="superthread.version"),
            SideBarItem("Memories", "Grants", "share", model="superthread.grant"),
            SideBarItem("Memories", "Legal holds", "gavel", model="superthread.hold"),
            SideBarItem("Audit", "Journal", "list_alt", model="journal.entry"),
            SideBarItem("Audit", "Reads and refusals", "visibility", model="journal.access"),
        ),
        row_links=(
            RowLink(
                model="accounts.team",
                title="memories",
                url="admin:superthread_memory_changelist",
                query={"team": "key"},
            ),
        ),
        openapi="superthread.openapi",
        order=10,
    )

    def ready(self) -> None:
        from superthread import checks  # noqa: F401 - they register themselves
