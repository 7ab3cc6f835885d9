"""Whose words are counted, and the words of each holder.

What is indexed already stays findable, counted as everybody's, until it is indexed anew.
"""

from django.db import migrations, models

COLUMNS = [
    "ALTER TABLE superthread_search_posting ADD COLUMN holder smallint NOT NULL DEFAULT 0",
    "ALTER TABLE superthread_search_document ADD COLUMN holder smallint NOT NULL DEFAULT 0",
    "ALTER TABLE superthread_search_total RENAME TO superthread_search_total_before",
]
TOTALS = (
    "CREATE TABLE superthread_search_total (analyzer smallint NOT NULL, holder smallint NOT NULL, "
    "slot smallint NOT NULL, documents bigint NOT NULL, PRIMARY KEY (analyzer, holder, slot))"
)
COPY = [
    "INSERT INTO superthread_search_total (analyzer, holder, slot, documents) "
    "SELECT analyzer, 0, slot, documents FROM superthread_search_total_before",
    "DROP TABLE superthread_search_total_before",
]
WORDS = (
    "CREATE TABLE superthread_search_word (holder smallint NOT NULL, "
    "text varchar(64) {collation} NOT NULL, PRIMARY KEY (holder, text))"
)
BEFORE = (
    "CREATE TABLE superthread_search_total (analyzer smallint NOT NULL, slot smallint NOT NULL, "
    "documents bigint NOT NULL, length bigint NOT NULL, PRIMARY KEY (analyzer, slot))"
)
TAIL = {"sqlite": " WITHOUT ROWID", "postgresql": ""}
# Ranges by code point on any server, as SQLite compares.
COLLATION = {"sqlite": "", "postgresql": 'COLLATE "C"'}


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    words = WORDS.format(collation=COLLATION[vendor])
    for statement in [*COLUMNS, TOTALS + TAIL[vendor], *COPY, words + TAIL[vendor]]:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in [
        "DROP TABLE superthread_search_word",
        "ALTER TABLE superthread_search_total RENAME TO superthread_search_total_after",
        BEFORE + TAIL[vendor],
        "INSERT INTO superthread_search_total SELECT analyzer, 0, sum(documents), 0 "
        "FROM superthread_search_total_after GROUP BY analyzer",
        "DROP TABLE superthread_search_total_after",
        "ALTER TABLE superthread_search_posting DROP COLUMN holder",
        "ALTER TABLE superthread_search_document DROP COLUMN holder",
    ]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("superthread", "0007_offered_grants")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.AddField(
                    "searchposting",
                    "holder",
                    models.SmallIntegerField(default=0, help_text="as search.index.holders tells"),
                ),
                migrations.AddField(
                    "searchdocument",
                    "holder",
                    models.SmallIntegerField(default=0, help_text="as in the postings"),
                ),
                migrations.DeleteModel("SearchTotal"),
                migrations.CreateModel(
                    name="SearchTotal",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "analyzer",
                                "holder",
                                "slot",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("analyzer", models.SmallIntegerField()),
                        ("holder", models.SmallIntegerField()),
                        ("slot", models.SmallIntegerField()),
                        ("documents", models.BigIntegerField()),
                    ],
                    options={"db_table": "superthread_search_total"},
                ),
                migrations.CreateModel(
                    name="SearchWord",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "holder",
                                "text",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("holder", models.SmallIntegerField()),
                        ("text", models.CharField(max_length=64)),
                    ],
                    options={"db_table": "superthread_search_word"},
                ),
            ],
        ),
    ]
