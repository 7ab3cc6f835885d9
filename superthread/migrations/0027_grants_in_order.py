"""The moments of its memory on every grant, and the order of lists by them; made while a hub serves.

Triggers see to it that they are the memory's, also while the release before writes grants. Those
that are there get theirs some at a time.
"""

from django.db import migrations, models, transaction

from memory_hub.database.online import AddIndex, at_once, batches, is_postgres, unhurried

MEMORY, GRANT = "superthread_memory", "superthread_grant"
FILLED_AT_ONCE = 500  # rows
COLUMNS = ("memory_updated_at", "memory_created_at")
CHANGED = "OLD.updated_at <> NEW.updated_at OR OLD.created_at <> NEW.created_at"
MOVE = (
    f"UPDATE {GRANT} SET memory_updated_at = NEW.updated_at, "  # noqa: S608 - names of our own
    "memory_created_at = NEW.created_at WHERE memory_id = NEW.id"
)
FROM_MEMORY = (
    f"UPDATE {GRANT} SET (memory_updated_at, memory_created_at) = (SELECT m.updated_at, "  # noqa: S608 - names of our own
    f"m.created_at FROM {MEMORY} AS m WHERE m.id = {GRANT}.memory_id)"
)
WRONG = (
    f"WHEN NOT EXISTS (SELECT 1 FROM {MEMORY} AS m WHERE m.id = NEW.memory_id AND m.updated_at = "  # noqa: S608 - names of our own
    f"NEW.memory_updated_at AND m.created_at = NEW.memory_created_at) "
    f"BEGIN {FROM_MEMORY} WHERE id = NEW.id; END"
)
ADD = {
    "sqlite": [
        *(f"ALTER TABLE {GRANT} ADD COLUMN {name} datetime" for name in COLUMNS),
        f"CREATE TRIGGER superthread_grant_come AFTER INSERT ON {GRANT} {WRONG}",
        f"CREATE TRIGGER superthread_grant_changed AFTER UPDATE OF {', '.join(COLUMNS)} "
        f"ON {GRANT} {WRONG}",
        f"CREATE TRIGGER superthread_granted_moved AFTER UPDATE OF updated_at, created_at "
        f"ON {MEMORY} WHEN {CHANGED} BEGIN {MOVE}; END",
    ],
    "postgresql": [
        *(f"ALTER TABLE {GRANT} ADD COLUMN IF NOT EXISTS {name} timestamptz" for name in COLUMNS),
        # Whoever changes the memory meanwhile is waited for: no moment is of before that.
        "CREATE OR REPLACE FUNCTION superthread_grant_moments() RETURNS trigger LANGUAGE plpgsql "  # noqa: S608 - names of our own
        "AS $$ BEGIN SELECT updated_at, created_at INTO NEW.memory_updated_at, "
        f"NEW.memory_created_at FROM {MEMORY} WHERE id = NEW.memory_id FOR SHARE; "
        "RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION superthread_granted_moved() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN {MOVE}; RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS superthread_grant_moments ON {GRANT}",
        f"CREATE TRIGGER superthread_grant_moments BEFORE INSERT OR UPDATE OF {', '.join(COLUMNS)} "
        f"ON {GRANT} FOR EACH ROW EXECUTE FUNCTION superthread_grant_moments()",
        f"DROP TRIGGER IF EXISTS superthread_granted_moved ON {MEMORY}",
        f"CREATE TRIGGER superthread_granted_moved AFTER UPDATE OF updated_at, created_at "
        f"ON {MEMORY} FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION superthread_granted_moved()",
    ],
}
REMOVE = {
    "sqlite": [
        "DROP TRIGGER superthread_granted_moved",
        "DROP TRIGGER superthread_grant_changed",
        "DROP TRIGGER superthread_grant_come",
    ],
    "postgresql": [
        f"DROP TRIGGER superthread_granted_moved ON {MEMORY}",
        f"DROP TRIGGER superthread_grant_moments ON {GRANT}",
        "DROP FUNCTION superthread_granted_moved, superthread_grant_moments",
    ],
}
THESE = "id > %s AND id <= %s AND memory_updated_at IS NULL"
# As writers have them: the memory first, then its grants.
LOCKED = (
    f"SELECT id FROM {MEMORY} WHERE id IN (SELECT memory_id FROM {GRANT} WHERE {THESE}) "  # noqa: S608 - names of our own
    "ORDER BY id FOR SHARE"
)
NOT_NULL = " AND ".join(f"{name} IS NOT NULL" for name in COLUMNS)
CHECKED = (
    f"ALTER TABLE {GRANT} DROP CONSTRAINT IF EXISTS grant_moments",
    f"ALTER TABLE {GRANT} ADD CONSTRAINT grant_moments CHECK ({NOT_NULL}) NOT VALID",
)
VALIDATED = f"ALTER TABLE {GRANT} VALIDATE CONSTRAINT grant_moments"
REQUIRED = (
    *(f"ALTER TABLE {GRANT} ALTER COLUMN {name} SET NOT NULL" for name in COLUMNS),
    f"ALTER TABLE {GRANT} DROP CONSTRAINT grant_moments",
)


def add(apps, editor):
    vendor = editor.connection.vendor
    if is_postgres(editor) or not has_moments(editor):
        at_once(editor, *ADD[vendor])


def has_moments(editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_table_xinfo(%s) WHERE name = %s", [GRANT, COLUMNS[0]])
        return cursor.fetchone() is not None


def fill(apps, editor):
    for bounds in batches(editor, GRANT, FILLED_AT_ONCE):
        with transaction.atomic(editor.connection.alias), editor.connection.cursor() as cursor:
            if is_postgres(editor):
                cursor.execute(LOCKED, bounds)
            cursor.execute(f"{FROM_MEMORY} WHERE {THESE}", bounds)
    if is_postgres(editor):
        at_once(editor, *CHECKED)
        with unhurried(editor) as cursor:
            cursor.execute(VALIDATED)
        at_once(editor, *REQUIRED)


def remove(apps, editor):
    dropped = [f"ALTER TABLE {GRANT} DROP COLUMN {name}" for name in COLUMNS]
    at_once(editor, *REMOVE[editor.connection.vendor], *dropped)


def nothing(apps, editor):
    """What the step did goes with the columns."""


def moment():
    return models.DateTimeField(default=None, editable=False)


def in_order(name, column):
    accepted = models.Q(accepted=True)
    return models.Index("email", models.F(column).desc(), condition=accepted, name=name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0026_tallies")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, remove, atomic=False)],
            state_operations=[migrations.AddField("grant", name, moment()) for name in COLUMNS],
        ),
        migrations.RunPython(fill, nothing, atomic=False),
        AddIndex("grant", in_order("granted_changed", "memory_updated_at")),
        AddIndex("grant", in_order("granted_made", "memory_created_at")),
    ]
