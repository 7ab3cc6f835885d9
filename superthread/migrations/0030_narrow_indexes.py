"""Indexes of lists that grow at their ends, and of titles by their ends.

In an index that descends new rows go before all others of their space, and each page is torn in two
halves when it is full; where they go behind them, pages are left full. Of a title most of its index
was for nothing: memories are looked for by whole titles alone.
"""

from django.db import migrations, models

from memory_hub.database.online import AddIndex, LeaveIndex, RemoveIndex
from superthread.models.title import TITLED, TitleEnds

LISTED = models.Q(deleted_at=None)
# What lists are of, by the column of their order, the condition, and both names of the index.
ORDERS = (
    (("space",), "updated_at", LISTED, "memory_changed", "memory_latest"),
    (("space",), "created_at", LISTED, "memory_made", "memory_newest"),
    (
        ("space", "category"),
        "updated_at",
        LISTED,
        "memory_changed_in_category",
        "memory_latest_in_category",
    ),
    (
        ("space", "owner"),
        "updated_at",
        LISTED & models.Q(scope__gt=0),
        "memory_changed_of_owner",
        "memory_latest_of_owner",
    ),
    (
        ("owner",),
        "updated_at",
        models.Q(scope=2),
        "memory_of_owner_in_public",
        "memory_latest_in_public",
    ),
)


def in_order(of, moment, condition, _, name):
    columns = (*of, moment, models.F("scope").desc(), "id")
    return models.Index(*columns, condition=condition, name=name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0029_best_postings")]

    # The release before lists by either way round, but finds titles by the old index alone.
    operations = [
        *(AddIndex("memory", in_order(*one)) for one in ORDERS),
        *(RemoveIndex("memory", before) for *_, before, _ in ORDERS),
        AddIndex(
            "memory", models.Index("space", TitleEnds(), condition=TITLED, name="memory_title_ends")
        ),
        LeaveIndex("memory", "memory_titles"),
    ]
