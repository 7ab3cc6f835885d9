from django.apps import AppConfig

from memory_hub.core.features import CachedTable, Features, Price, Scope, SideBarItem
from memory_hub.events.order import Stage

NOTES_READ, NOTES_WRITE = "notes:read", "notes:write"


class SampleConfig(AppConfig):
    name = "testing.sample_app"
    label = "sample"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        prefix="/notes",
        urls="testing.sample_app.urls",
        pages=("/about",),
        tag="Notes, for nobody but who wrote them",
        problems={418: "A teapot has no notes"},
        scopes=(
            Scope(NOTES_READ, "read your notes", "내 메모를 읽기", writes=False),
            Scope(NOTES_WRITE, "write notes", "메모를 쓰기"),
        ),
        points={"/mine": 7, "/mine/{number}": 2},
        prices=(Price("note", 1, 100, "notes that are counted"),),
        body_limits={"/mine": 2048},
        cached_tables={"sample_note": CachedTable(harmless=frozenset({"seen"}))},
        metrics=("testing.sample_app.metrics.families",),
        jobs=("testing.sample_app.jobs.COUNT_NOTES",),
        subscribers={Stage.RECORD: ("testing.sample_app.noting.note",)},
        side_bar=(SideBarItem("Notes", "All notes", "sticky_note", model="sample.note"),),
    )
