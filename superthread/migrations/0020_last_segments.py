"""Paths by their last segments, by which wiki links may name them; indexed while a hub serves.

In SQL: the twin of a path is its folder, a slash and the last segment.
"""

from django.db import migrations

from memory_hub.database.online import a_turn, at_once, is_postgres, unhurried

INDEX = (
    "CREATE INDEX {} path_last ON superthread_path "
    "(space, holder, substr(twin, coalesce(length(folder) + 2, 1))) WHERE memory_id IS NOT NULL"
)


def add(apps, editor):
    if not is_postgres(editor):
        with a_turn():
            editor.execute(INDEX.format("IF NOT EXISTS"))
        return
    with unhurried(editor) as cursor:
        # One that was cut off is there, and good for nothing.
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS path_last")
        cursor.execute(INDEX.format("CONCURRENTLY"))


def remove(apps, editor):
    at_once(editor, "DROP INDEX path_last")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0019_findings")]

    operations = [migrations.RunPython(add, remove, atomic=False)]
