"""The space of every memory, first in the indexes of lists; made while a hub serves.

Triggers see to it that a space follows from scope, owner and team, also while the release before
writes these. Memories and documents that are there get theirs some at a time.
"""

from django.conf import settings
from django.db import migrations, models

from memory_hub.database.online import (
    AddIndex,
    LeaveIndex,
    at_once,
    batches,
    is_postgres,
    unhurried,
)

TABLE, DOCUMENT = "superthread_memory", "superthread_search_document"
FILLED_AT_ONCE = 200  # rows
SPACE = "CASE {0}scope WHEN 0 THEN {0}owner_id WHEN 1 THEN -{0}team_id ELSE 0 END"
NEW = SPACE.format("NEW.")
# Where it is said otherwise it is put right. (A trigger of SQLite cannot change what is written.)
PUT_RIGHT = f"BEGIN UPDATE {TABLE} SET space = {NEW} WHERE id = NEW.id; END"  # noqa: S608 - names of our own
WRONG = f"WHEN NEW.space IS NOT ({NEW}) {PUT_RIGHT}"
PLACED = "UPDATE OF scope, owner_id, team_id"
COLUMN = {
    "sqlite": [
        f"ALTER TABLE {TABLE} ADD COLUMN space bigint",
        f"CREATE TRIGGER superthread_memory_space AFTER INSERT ON {TABLE} {WRONG}",
        f"CREATE TRIGGER superthread_memory_moved AFTER {PLACED}, space ON {TABLE} {WRONG}",
    ],
    "postgresql": [
        f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS space bigint",
        "CREATE OR REPLACE FUNCTION superthread_memory_space() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN NEW.space := {NEW}; RETURN NEW; END $$",
        f"DROP TRIGGER IF EXISTS superthread_memory_space ON {TABLE}",
        f"CREATE TRIGGER superthread_memory_space BEFORE INSERT OR {PLACED}, space ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION superthread_memory_space()",
    ],
}
# A document's space is written with it, but by the release before, and moves with its memory.
OF_MEMORY = f"(SELECT m.space FROM {TABLE} AS m WHERE m.id = {{}}.memory_id)"  # noqa: S608 - names of our own
MOVE = f"UPDATE {DOCUMENT} SET space = {NEW} WHERE memory_id = NEW.id"  # noqa: S608 - names of our own
DOCUMENTS = {
    "sqlite": [
        f"ALTER TABLE {DOCUMENT} ADD COLUMN space bigint",
        f"CREATE TRIGGER superthread_document_space AFTER INSERT ON {DOCUMENT} "  # noqa: S608 - names of our own
        f"WHEN NEW.space IS NULL BEGIN UPDATE {DOCUMENT} SET space = {OF_MEMORY.format('NEW')} "
        "WHERE memory_id = NEW.memory_id; END",
        f"CREATE TRIGGER superthread_document_moved AFTER {PLACED} ON {TABLE} BEGIN {MOVE}; END",
    ],
    "postgresql": [
        f"ALTER TABLE {DOCUMENT} ADD COLUMN IF NOT EXISTS space bigint",
        "CREATE OR REPLACE FUNCTION superthread_document_space() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN NEW.space := {OF_MEMORY.format('NEW')}; RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION superthread_document_moved() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN {MOVE}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS superthread_document_space ON {DOCUMENT}",
        f"CREATE TRIGGER superthread_document_space BEFORE INSERT ON {DOCUMENT} FOR EACH ROW "
        "WHEN (NEW.space IS NULL) EXECUTE FUNCTION superthread_document_space()",
        f"DROP TRIGGER IF EXISTS superthread_document_moved ON {TABLE}",
        f"CREATE TRIGGER superthread_document_moved AFTER {PLACED} ON {TABLE} FOR EACH ROW "
        "EXECUTE FUNCTION superthread_document_moved()",
    ],
}
CHECKED = (
    f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS memory_space",
    f"ALTER TABLE {TABLE} ADD CONSTRAINT memory_space CHECK "
    f"(space IS NOT NULL AND space = {SPACE.format('')}) NOT VALID",
)
VALIDATED = f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT memory_space"
REQUIRED = f"ALTER TABLE {TABLE} ALTER COLUMN space SET NOT NULL"
FILL = {
    vendor: f"UPDATE {TABLE} SET space = {value} "  # noqa: S608 - names of our own
    "WHERE id > %s AND id <= %s AND space IS NULL"
    # The trigger of PostgreSQL gives each its own, whatever is said.
    for vendor, value in {"sqlite": SPACE.format(""), "postgresql": "NULL"}.items()
}
FILL_DOCUMENTS = (
    f"UPDATE {DOCUMENT} SET space = {OF_MEMORY.format(DOCUMENT)} "  # noqa: S608 - names of our own
    "WHERE memory_id > %s AND memory_id <= %s AND space IS NULL"
)
BEFORE = {
    "sqlite": [
        "DROP TRIGGER superthread_document_moved",
        "DROP TRIGGER superthread_document_space",
        "DROP TRIGGER superthread_memory_moved",
        "DROP TRIGGER superthread_memory_space",
    ],
    "postgresql": [
        f"DROP TRIGGER superthread_document_moved ON {TABLE}",
        f"DROP TRIGGER superthread_document_space ON {DOCUMENT}",
        f"DROP TRIGGER superthread_memory_space ON {TABLE}",
        "DROP FUNCTION superthread_document_moved, superthread_document_space, "
        "superthread_memory_space",
    ],
}
DROP = [f"ALTER TABLE {table} DROP COLUMN space" for table in (DOCUMENT, TABLE)]


def add(apps, editor):
    vendor = editor.connection.vendor
    for table, statements in ((TABLE, COLUMN), (DOCUMENT, DOCUMENTS)):
        if is_postgres(editor) or not has_space(editor, table):
            at_once(editor, *statements[vendor])


def has_space(editor, table):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_table_xinfo(%s) WHERE name = 'space'", [table])
        return cursor.fetchone() is not None


def fill(apps, editor):
    for after, last in batches(editor, TABLE, FILLED_AT_ONCE):
        with editor.connection.cursor() as cursor:
            cursor.execute(FILL[editor.connection.vendor], [after, last])
            cursor.execute(FILL_DOCUMENTS, [after, last])
    if is_postgres(editor):
        at_once(editor, *CHECKED)
        with unhurried(editor) as cursor:
            cursor.execute(VALIDATED)
        at_once(editor, REQUIRED)


def remove(apps, editor):
    at_once(editor, *BEFORE[editor.connection.vendor], *DROP)


def nothing(apps, editor):
    """What the step did goes with the column."""


LISTED = models.Q(deleted_at=None)


def in_order(name, column, moment, condition=LISTED):
    latest = (models.F(moment).desc(), "scope", models.F("id").desc())
    return models.Index(column, *latest, condition=condition, name=name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("superthread", "0011_spellings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, remove, atomic=False)],
            state_operations=[
                migrations.AddField(
                    "memory",
                    "space",
                    models.BigIntegerField(default=None, editable=False),
                ),
                migrations.AddField(
                    "searchdocument",
                    "space",
                    models.BigIntegerField(null=True, help_text="the memory's"),
                ),
            ],
        ),
        migrations.RunPython(fill, nothing, atomic=False),
        AddIndex("memory", in_order("memory_changed", "space", "updated_at")),
        AddIndex("memory", in_order("memory_made", "space", "created_at")),
        AddIndex(
            "memory",
            models.Index(
                fields=["space", "deleted_at", "scope", "category", "size", "expires_at"],
                name="memory_counts",
            ),
        ),
        AddIndex(
            "memory",
            models.Index(
                *("owner", "team"),
                condition=models.Q(scope=1),
                name="memory_of_owner_in_teams",
            ),
        ),
        AddIndex(
            "memory",
            in_order("memory_of_owner_in_public", "owner", "updated_at", models.Q(scope=2)),
        ),
        *(
            LeaveIndex("memory", name)
            for name in (
                *("memory_of_owner", "memory_of_team", "memory_public"),
                *("memory_counts_of_owner", "memory_counts_of_team", "memory_counts_public"),
                *("memory_made_of_owner", "memory_made_of_team", "memory_made_public"),
            )
        ),
    ]
