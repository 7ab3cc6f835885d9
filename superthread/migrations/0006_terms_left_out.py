"""How many terms of a memory the index has left out.

In SQL: Django would copy the whole table on SQLite.
"""

from django.db import migrations, models

ADD = (
    "ALTER TABLE superthread_search_document ADD COLUMN left_out integer NOT NULL DEFAULT 0",
    "ALTER TABLE superthread_search_document DROP COLUMN left_out",
)


class Migration(migrations.Migration):
    dependencies = [("superthread", "0005_ownership_transfer")]

    operations = [
        migrations.RunSQL(
            *ADD,
            state_operations=[
                migrations.AddField(
                    model_name="searchdocument",
                    name="left_out",
                    field=models.IntegerField(
                        default=0, help_text="distinct terms beyond limits.TERMS"
                    ),
                )
            ],
        )
    ]
