"""SQLite: an origin's position is the key of its table.

A ``bigint PRIMARY KEY`` is none there but an index beside the table (sqlite.org/lang_createtable:
only ``INTEGER PRIMARY KEY`` is its key), and each entry writes a page of both.
"""

from django.db import migrations

from memory_hub.database.online import a_turn, at_once, is_postgres

TABLE = (
    "CREATE TABLE journal_origin_new (position {} NOT NULL PRIMARY KEY, salt varchar(32) NOT NULL, "
    "request_id varchar(128) NOT NULL, address varchar(64) NOT NULL, detail text NOT NULL "
    "CHECK ((JSON_VALID(detail) OR detail IS NULL)))"
)
MOVE = (
    "INSERT INTO journal_origin_new (position, salt, request_id, address, detail) "
    "SELECT position, salt, request_id, address, detail FROM journal_origin ORDER BY position",
    "DROP TABLE journal_origin",
    "ALTER TABLE journal_origin_new RENAME TO journal_origin",
)


def make_anew(editor, kind):
    if not is_postgres(editor):
        with a_turn():
            at_once(editor, TABLE.format(kind), *MOVE)


def forwards(apps, editor):
    make_anew(editor, "integer")


def backwards(apps, editor):
    make_anew(editor, "bigint")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("journal", "0003_reads_and_refusals")]

    operations = [migrations.RunPython(forwards, backwards, atomic=False)]
