"""Tallies of memories and versions, for statistics, and the triggers that keep them.

From the triggers on every change is counted; what was there before is then added by one statement,
which sees memories and tallies of the same moment. A place in a trigger is worked out of scope,
owner and team: of `space` it does not know whether its own trigger has put it right yet.
"""

from django.db import migrations, models

from memory_hub.database.online import AddIndex, a_turn, at_once, is_postgres, unhurried
from superthread.tallies import corrections

MEMORY, VERSION = "superthread_memory", "superthread_version"
TABLES = (
    "CREATE TABLE superthread_tally (space bigint NOT NULL, category varchar(64) NOT NULL, "
    "slot integer NOT NULL, memories bigint NOT NULL, size bigint NOT NULL, "
    "PRIMARY KEY (space, category, slot)){options}",
    "CREATE TABLE superthread_kept (space bigint NOT NULL, owner_id bigint NOT NULL, "
    "slot integer NOT NULL, size bigint NOT NULL, PRIMARY KEY (space, owner_id, slot)){options}",
)
# Rows that are written often stay on their pages.
OPTIONS = {"sqlite": " WITHOUT ROWID", "postgresql": " WITH (fillfactor = 50)"}
COUNTED = (
    "INSERT INTO superthread_tally AS t (space, category, slot, memories, size) {} "
    "ON CONFLICT (space, category, slot) DO UPDATE SET memories = t.memories + excluded.memories, "
    "size = t.size + excluded.size"
)
ADDED = (
    "INSERT INTO superthread_kept AS t (space, owner_id, slot, size) {} "
    "ON CONFLICT (space, owner_id, slot) DO UPDATE SET size = t.size + excluded.size"
)

# PostgreSQL: once for all rows of a statement.

# No two transactions have one slot at a time, so that none waits for another.
SLOT = """CREATE OR REPLACE FUNCTION superthread_slot() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    FOR slot IN 0..31 LOOP
        IF pg_try_advisory_xact_lock(1297367884, slot) THEN RETURN slot; END IF;
    END LOOP;
    -- More at once than there are slots: one of this connection alone.
    RETURN 32 + pg_backend_pid();
END $$"""
OF_EACH = (
    "SELECT space, category, own, sum(memories), sum(size) FROM ({}) AS each "
    "GROUP BY space, category HAVING sum(memories) <> 0 OR sum(size) <> 0 "
)
COME = "SELECT space, category, 1 AS memories, size FROM come WHERE deleted_at IS NULL"
GONE = "SELECT space, category, -1 AS memories, -size AS size FROM gone WHERE deleted_at IS NULL"
VERSIONS_GONE = (
    "SELECT m.space, m.owner_id, -v.size AS size FROM gone AS m JOIN superthread_version AS v "
    "ON v.memory_id = m.id WHERE m.deleted_at IS NULL"
)
# What stays where it is has its versions counted there. Not by a join of both tables: a plan made
# when one memory was changed would compare each of a thousand with each.
MOVED = (
    "SELECT moved.space, moved.owner_id, moved.times * v.size AS size FROM (SELECT id, space, "
    "owner_id, alive, sum(times) AS times FROM (SELECT id, space, owner_id, deleted_at IS NULL AS "
    "alive, 1 AS times FROM come UNION ALL SELECT id, space, owner_id, deleted_at IS NULL, -1 "
    "FROM gone) AS state GROUP BY id, space, owner_id, alive HAVING sum(times) <> 0) AS moved "
    "JOIN superthread_version AS v ON v.memory_id = moved.id WHERE moved.alive"
)
OF_OWNER = (
    "SELECT space, owner_id, own, sum(size) FROM ({}) AS each GROUP BY space, owner_id "
    "HAVING sum(size) <> 0 "
)
OF_VERSIONS = (
    "SELECT m.space, m.owner_id, {} v.size AS size FROM {} AS v JOIN superthread_memory AS m "
    "ON m.id = v.memory_id WHERE m.deleted_at IS NULL"
)
BOTH = " UNION ALL "
FUNCTIONS = {
    "superthread_memory_come": [COUNTED.format(OF_EACH.format(COME))],
    "superthread_memory_changed": [
        COUNTED.format(OF_EACH.format(COME + BOTH + GONE)),
        ADDED.format(OF_OWNER.format(MOVED)),
    ],
    "superthread_memory_gone": [
        COUNTED.format(OF_EACH.format(GONE)),
        ADDED.format(OF_OWNER.format(VERSIONS_GONE)),
    ],
    "superthread_version_come": [ADDED.format(OF_OWNER.format(OF_VERSIONS.format("", "come")))],
    "superthread_version_changed": [
        ADDED.format(
            OF_OWNER.format(OF_VERSIONS.format("", "come") + BOTH + OF_VERSIONS.format("-", "gone"))
        )
    ],
    "superthread_version_gone": [ADDED.format(OF_OWNER.format(OF_VERSIONS.format("-", "gone")))],
}
FUNCTION = (
    "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "DECLARE own CONSTANT integer := superthread_slot(); BEGIN {}; RETURN NULL; END $$"
)
WHEN = {
    "come": "AFTER INSERT ON {} REFERENCING NEW TABLE AS come",
    "changed": "AFTER UPDATE ON {} REFERENCING OLD TABLE AS gone NEW TABLE AS come",
    "gone": "AFTER DELETE ON {} REFERENCING OLD TABLE AS gone",
}
TRIGGER = "CREATE TRIGGER {0} {1} FOR EACH STATEMENT EXECUTE FUNCTION {0}()"


def postgres_triggers():
    for name, statements in FUNCTIONS.items():
        yield FUNCTION.format(name, "; ".join(statements))
        yield f"DROP TRIGGER IF EXISTS {name} ON {_table(name)}"
        yield TRIGGER.format(name, WHEN[name.rpartition("_")[2]].format(_table(name)))


def _table(name):
    return MEMORY if name.startswith(MEMORY) else VERSION


# SQLite: for each row, in one slot, for there is one writer.

PLACE = "CASE {0}.scope WHEN 0 THEN {0}.owner_id WHEN 1 THEN -{0}.team_id ELSE 0 END"
OLD, NEW = PLACE.format("OLD"), PLACE.format("NEW")
PUT = (
    f"INSERT INTO superthread_tally (space, category, slot, memories, size) SELECT {NEW}, "
    "NEW.category, 0, 1, NEW.size WHERE NEW.deleted_at IS NULL ON CONFLICT DO UPDATE SET "
    "memories = memories + 1, size = size + excluded.size"
)
TAKEN = (
    "UPDATE superthread_tally SET memories = memories - 1, size = size - OLD.size "  # noqa: S608 - names of our own
    f"WHERE OLD.deleted_at IS NULL AND space = {OLD} AND category = OLD.category AND slot = 0"
)
HISTORY = (
    "(SELECT coalesce(sum(v.size), 0) FROM superthread_version AS v WHERE v.memory_id = {}.id)"
)
HISTORY_PUT = (
    f"INSERT INTO superthread_kept (space, owner_id, slot, size) SELECT {NEW}, NEW.owner_id, 0, "
    f"{HISTORY.format('NEW')} WHERE NEW.deleted_at IS NULL ON CONFLICT DO UPDATE SET "
    "size = size + excluded.size"
)
HISTORY_TAKEN = (
    f"UPDATE superthread_kept SET size = size - {HISTORY.format('OLD')} "  # noqa: S608 - names of our own
    f"WHERE OLD.deleted_at IS NULL AND space = {OLD} AND owner_id = OLD.owner_id AND slot = 0"
)
OF_MEMORY = "FROM superthread_memory AS m WHERE m.id = {}.memory_id AND m.deleted_at IS NULL"
VERSION_PUT = (
    f"INSERT INTO superthread_kept (space, owner_id, slot, size) SELECT {PLACE.format('m')}, "
    f"m.owner_id, 0, {{}} {OF_MEMORY.format('NEW')} ON CONFLICT DO UPDATE SET "
    "size = size + excluded.size"
)
VERSION_TAKEN = (
    "UPDATE superthread_kept SET size = size - OLD.size WHERE slot = 0 AND (space, owner_id) = "  # noqa: S608 - names of our own
    f"(SELECT {PLACE.format('m')}, m.owner_id {OF_MEMORY.format('OLD')})"
)
MOVING = (
    f"{OLD} IS NOT {NEW} OR OLD.owner_id <> NEW.owner_id "
    "OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)"
)
COUNTING = f"OLD.category <> NEW.category OR OLD.size <> NEW.size OR {MOVING}"
ROWS = {
    "superthread_memory_come": f"AFTER INSERT ON {MEMORY} BEGIN {PUT}; END",
    "superthread_memory_changed": f"AFTER UPDATE ON {MEMORY} WHEN {COUNTING} "
    f"BEGIN {TAKEN}; {PUT}; END",
    "superthread_memory_history": f"AFTER UPDATE ON {MEMORY} WHEN {MOVING} "
    f"BEGIN {HISTORY_TAKEN}; {HISTORY_PUT}; END",
    "superthread_memory_gone": f"AFTER DELETE ON {MEMORY} BEGIN {TAKEN}; {HISTORY_TAKEN}; END",
    "superthread_version_come": f"AFTER INSERT ON {VERSION} "
    f"BEGIN {VERSION_PUT.format('NEW.size')}; END",
    "superthread_version_changed": f"AFTER UPDATE OF size ON {VERSION} "
    f"WHEN OLD.size <> NEW.size BEGIN {VERSION_PUT.format('NEW.size - OLD.size')}; END",
    "superthread_version_gone": f"AFTER DELETE ON {VERSION} BEGIN {VERSION_TAKEN}; END",
}


def add(apps, editor):
    if "superthread_tally" in editor.connection.introspection.table_names():
        return
    vendor = editor.connection.vendor
    tables = [one.format(options=OPTIONS[vendor]) for one in TABLES]
    if is_postgres(editor):
        at_once(editor, *tables, SLOT, *postgres_triggers())
    else:
        at_once(editor, *tables, *(f"CREATE TRIGGER {one} {ROWS[one]}" for one in ROWS))


def fill(apps, editor):
    for statement in corrections(editor.connection.vendor):
        if is_postgres(editor):
            with unhurried(editor) as cursor:
                cursor.execute(statement)
        else:
            with a_turn():
                editor.execute(statement)


def remove(apps, editor):
    if is_postgres(editor):
        functions = ", ".join([*FUNCTIONS, "superthread_slot"])
        gone = [f"DROP TRIGGER {name} ON {_table(name)}" for name in FUNCTIONS]
        gone.append(f"DROP FUNCTION {functions}")
    else:
        gone = [f"DROP TRIGGER {name}" for name in ROWS]
    at_once(editor, *gone, "DROP TABLE superthread_tally", "DROP TABLE superthread_kept")


def nothing(apps, editor):
    """The rows go with their tables."""


def counted(*fields):
    return [
        (
            "pk",
            models.CompositePrimaryKey(
                *("space", fields[0][0], "slot"),
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("space", models.BigIntegerField()),
        fields[0],
        ("slot", models.IntegerField()),
        *fields[1:],
        ("size", models.BigIntegerField()),
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0025_indexes_of_filters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, remove, atomic=False)],
            state_operations=[
                migrations.CreateModel(
                    name="Tally",
                    fields=counted(
                        ("category", models.CharField(max_length=64)),
                        ("memories", models.BigIntegerField()),
                    ),
                    options={"db_table": "superthread_tally"},
                ),
                migrations.CreateModel(
                    name="Kept",
                    fields=counted(("owner_id", models.BigIntegerField())),
                    options={"db_table": "superthread_kept"},
                ),
            ],
        ),
        migrations.RunPython(fill, nothing, atomic=False),
        AddIndex(
            "memory",
            models.Index(
                *("space", "expires_at"),
                condition=models.Q(deleted_at=None, expires_at__isnull=False),
                name="memory_expiring_in_space",
            ),
        ),
    ]
