"""The order of lists within a category, and within what an owner has in the spaces of many."""

from django.db import migrations, models

from memory_hub.database.online import AddIndex

LISTED = models.Q(deleted_at=None)


def within(column, condition, name):
    latest = (models.F("updated_at").desc(), "scope", models.F("id").desc())
    return models.Index("space", column, *latest, condition=condition, name=name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0024_exports")]

    operations = [
        AddIndex("memory", within("category", LISTED, "memory_changed_in_category")),
        AddIndex(
            "memory",
            within("owner", LISTED & models.Q(scope__gt=0), "memory_changed_of_owner"),
        ),
    ]
