"""What a reindex makes beside the index that is searched, until it takes over, space by space.

Triggers tell it what was folded meanwhile, whoever folds, and keep the segments that searches go
on to read: the release before, which may serve for a while, would make them anew of documents that
are renewed already.
"""

from django.db import migrations, models

from memory_hub.database.online import at_once, is_postgres

# ruff: noqa: S608 - names of our own
SEGMENT, FRESH = "superthread_search_segment", "superthread_search_fresh"
RENEWAL, FORMER = "superthread_search_renewal", "superthread_search_former"
OVERTAKEN, ASIDE = "superthread_search_overtaken", "superthread_search_aside"
SEGMENTS = (
    "stamp bigint NOT NULL, space bigint NOT NULL, analyzer smallint NOT NULL, "
    "memories integer NOT NULL, postings integer NOT NULL, first integer NOT NULL, "
    "last integer NOT NULL, gone {bytes} NOT NULL"
)
TABLES = (
    f"CREATE TABLE IF NOT EXISTS {RENEWAL} (space bigint NOT NULL PRIMARY KEY, "
    "before integer NOT NULL, analyzer smallint NOT NULL, everything smallint NOT NULL, "
    "last integer NOT NULL, run bigint NOT NULL)",
    f"CREATE TABLE IF NOT EXISTS {FORMER} (memory_id integer NOT NULL PRIMARY KEY, "
    "space bigint NOT NULL, analyzer smallint, length smallint, terms {bytes}, counts {bytes}, "
    "left_out integer)",
    f"CREATE TABLE IF NOT EXISTS {OVERTAKEN} (space bigint NOT NULL, memory_id integer NOT NULL, "
    "PRIMARY KEY (space, memory_id)) {keyed}",
    f"CREATE TABLE IF NOT EXISTS {ASIDE} (id integer NOT NULL PRIMARY KEY, "
    f"coming smallint NOT NULL, {SEGMENTS})",
)
KEPT = "superthread: the segment is searched until a reindex takes over"
# Notes are taken away by who folds, and by nobody who saves.
TRIGGERS = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS superthread_fresh_folded AFTER DELETE ON {FRESH} "
        f"WHEN EXISTS (SELECT 1 FROM {RENEWAL} WHERE space = OLD.space) BEGIN "
        f"INSERT INTO {OVERTAKEN} VALUES (OLD.space, OLD.memory_id) ON CONFLICT DO NOTHING; "
        f"DELETE FROM {FORMER} WHERE memory_id = OLD.memory_id AND space = OLD.space; END",
        f"CREATE TRIGGER IF NOT EXISTS superthread_segment_kept BEFORE DELETE ON {SEGMENT} "
        f"WHEN EXISTS (SELECT 1 FROM {RENEWAL} WHERE space = OLD.space AND before >= OLD.id) "
        f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION superthread_fresh_folded() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF EXISTS (SELECT 1 FROM {RENEWAL}) THEN "
        f"INSERT INTO {OVERTAKEN} SELECT g.space, g.memory_id FROM gone AS g "
        f"JOIN {RENEWAL} AS r USING (space) ORDER BY 1, 2 ON CONFLICT DO NOTHING; "
        f"DELETE FROM {FORMER} AS f USING gone AS g "
        "WHERE f.memory_id = g.memory_id AND f.space = g.space; END IF; RETURN NULL; END $$",
        "CREATE OR REPLACE FUNCTION superthread_segment_kept() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF EXISTS (SELECT 1 FROM {RENEWAL} WHERE space = OLD.space "
        f"AND before >= OLD.id) THEN RAISE EXCEPTION '{KEPT}'; END IF; RETURN OLD; END $$",
        f"DROP TRIGGER IF EXISTS superthread_fresh_folded ON {FRESH}",
        f"CREATE TRIGGER superthread_fresh_folded AFTER DELETE ON {FRESH} REFERENCING OLD TABLE "
        "AS gone FOR EACH STATEMENT EXECUTE FUNCTION superthread_fresh_folded()",
        f"DROP TRIGGER IF EXISTS superthread_segment_kept ON {SEGMENT}",
        f"CREATE TRIGGER superthread_segment_kept BEFORE DELETE ON {SEGMENT} "
        "FOR EACH ROW EXECUTE FUNCTION superthread_segment_kept()",
    ],
}


def add(apps, editor):
    vendor = editor.connection.vendor
    kinds = {
        "bytes": "bytea" if is_postgres(editor) else "BLOB",
        "keyed": "" if is_postgres(editor) else "WITHOUT ROWID",
    }
    at_once(editor, *(one.format(**kinds) for one in TABLES), *TRIGGERS[vendor])


def remove(apps, editor):
    """Spaces that a reindex has not done are searched by their documents, until they are folded."""
    noted = (
        f"INSERT INTO {FRESH} (space, memory_id, known) SELECT d.space, d.memory_id, 1 "
        f"FROM superthread_search_document AS d JOIN {RENEWAL} AS r ON r.space = d.space "
        "WHERE true ON CONFLICT (space, memory_id) DO UPDATE SET known = 1"
    )
    pages = (
        "DELETE FROM superthread_search_page WHERE key IN (SELECT p.key "
        f"FROM (SELECT CAST(id AS bigint) AS id FROM {ASIDE}) AS a "
        "JOIN superthread_search_page AS p ON p.key >= a.id << 31 AND p.key < (a.id + 1) << 31)"
    )
    if is_postgres(editor):
        triggers = [
            f"DROP TRIGGER superthread_fresh_folded ON {FRESH}",
            f"DROP TRIGGER superthread_segment_kept ON {SEGMENT}",
            "DROP FUNCTION superthread_fresh_folded(), superthread_segment_kept()",
        ]
    else:
        triggers = [f"DROP TRIGGER superthread_{one}" for one in ("fresh_folded", "segment_kept")]
    tables = [f"DROP TABLE {one}" for one in (RENEWAL, FORMER, OVERTAKEN, ASIDE)]
    at_once(editor, noted, pages, *triggers, *tables)


def small(**more):
    return models.SmallIntegerField(**more)


VERSION = "version of the analyzer that made the terms"
RENEWAL_FIELDS = [
    ("space", models.BigIntegerField(primary_key=True, serialize=False)),
    ("before", models.IntegerField(help_text="the greatest id of a segment that is searched")),
    ("analyzer", small(help_text="version that it is indexed by")),
    ("everything", small(help_text="1: whatever it is indexed by now")),
    ("last", models.IntegerField(help_text="the last memory that is done")),
    ("run", models.BigIntegerField(help_text="a number of who does it")),
]
FORMER_FIELDS = [
    ("memory_id", models.IntegerField(primary_key=True, serialize=False)),
    ("space", models.BigIntegerField()),
    ("analyzer", small(null=True)),
    ("length", small(null=True)),
    ("terms", models.BinaryField(null=True)),
    ("counts", models.BinaryField(null=True)),
    ("left_out", models.IntegerField(null=True)),
]
OVERTAKEN_FIELDS = [
    (
        "pk",
        models.CompositePrimaryKey(
            "space", "memory_id", blank=True, editable=False, primary_key=True, serialize=False
        ),
    ),
    ("space", models.BigIntegerField()),
    ("memory_id", models.IntegerField()),
]
ASIDE_FIELDS = [
    ("id", models.IntegerField(primary_key=True, serialize=False)),
    ("coming", small(help_text="1: until it takes over; 0: until its pages are gone")),
    ("stamp", models.BigIntegerField()),
    ("space", models.BigIntegerField()),
    ("analyzer", small(help_text=VERSION)),
    ("memories", models.IntegerField()),
    ("postings", models.IntegerField()),
    ("first", models.IntegerField()),
    ("last", models.IntegerField()),
    ("gone", models.BinaryField()),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0030_narrow_indexes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, remove, atomic=False)],
            state_operations=[
                migrations.CreateModel(
                    name=f"Search{name.title()}",
                    fields=fields,
                    options={"db_table": f"superthread_search_{name}"},
                )
                for name, fields in (
                    ("renewal", RENEWAL_FIELDS),
                    ("former", FORMER_FIELDS),
                    ("overtaken", OVERTAKEN_FIELDS),
                    ("aside", ASIDE_FIELDS),
                )
            ],
        ),
    ]
