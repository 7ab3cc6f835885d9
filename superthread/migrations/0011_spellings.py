"""How words were spelt. Memories indexed before are ranked without it until they are anew."""

from django.db import migrations, models

ADD = "ALTER TABLE superthread_search_posting ADD COLUMN spellings smallint NOT NULL DEFAULT 0"
DROP = "ALTER TABLE superthread_search_posting DROP COLUMN spellings"


class Migration(migrations.Migration):
    dependencies = [("superthread", "0010_order_of_making")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Django would make the table anew on SQLite, without its order by term and memory.
            database_operations=[migrations.RunSQL(ADD, DROP)],
            state_operations=[
                migrations.AddField(
                    "searchposting",
                    "spellings",
                    models.SmallIntegerField(
                        default=0, help_text="bits, see search.analysis.forms"
                    ),
                ),
            ],
        ),
    ]
