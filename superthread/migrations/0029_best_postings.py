"""The best of a page's postings, by which a search passes over what cannot be among its best.

Pages that are there have none until they are made anew: they are read as before.
"""

from django.db import migrations, models

from memory_hub.database.online import at_once, is_postgres

PAGE = "superthread_search_page"


def add(apps, editor):
    """A default that is written nowhere: the table is held for a moment, however large."""
    if is_postgres(editor):
        at_once(
            editor, f"ALTER TABLE {PAGE} ADD COLUMN IF NOT EXISTS best bigint NOT NULL DEFAULT 0"
        )
        return
    with editor.connection.cursor() as cursor:
        columns = editor.connection.introspection.get_table_description(cursor, PAGE)
    if "best" not in {column.name for column in columns}:
        at_once(editor, f"ALTER TABLE {PAGE} ADD COLUMN best bigint NOT NULL DEFAULT 0")


def remove(apps, editor):
    at_once(editor, f"ALTER TABLE {PAGE} DROP COLUMN best")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0028_folded_index")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, remove, atomic=False)],
            state_operations=[
                migrations.AddField(
                    "searchpage",
                    "best",
                    models.BigIntegerField(
                        default=0,
                        db_default=0,
                        help_text="see search.index.bests; 0 where it is not known",
                    ),
                )
            ],
        )
    ]
