"""The journal begins with the versions there are: who made them and when, in the place where their
memory is today. Their texts are not hashed, for whoever could have altered them."""

from django.db import migrations, models
from django.utils import timezone

# Revisions of before were not kept; a change of its own for each, as numbers that no other has.
ENTRIES = """
INSERT INTO journal_entry
  (position, at, change, kind, actor_id, via, subject_id, doc_id, revision, version, owner_id, space)
SELECT head + row_number() OVER line, CASE WHEN at > %s THEN %s ELSE at END,
  -head - row_number() OVER line, kind, actor_id, 'hub', id, doc_id, revision, version, owner_id,
  space
FROM (
  SELECT made.created_at AS at, 0 AS step, made.id AS serial,
    CASE WHEN made.number = 1 THEN 'memory.created' ELSE 'memory.updated' END AS kind,
    made.author_id AS actor_id, memory.id, doc_id,
    CASE WHEN made.number = memory.version THEN revision END AS revision,
    made.number AS version, owner_id, space
  FROM superthread_version made JOIN superthread_memory memory ON memory.id = made.memory_id
  UNION ALL
  SELECT deleted_at, 1, id, 'memory.trashed', deleted_by_id, id, doc_id, revision, version,
    owner_id, space
  FROM superthread_memory WHERE deleted_at IS NOT NULL
) AS before,
(SELECT coalesce(max(position), 0) AS head FROM journal_entry) AS journal
WHERE NOT EXISTS (SELECT 1 FROM journal_entry WHERE doc_id IS NOT NULL)
WINDOW line AS (ORDER BY at, step, serial)
"""
AUDIENCE = """
INSERT INTO journal_audience (who, position)
SELECT email, position FROM journal_entry JOIN superthread_grant ON memory_id = subject_id
WHERE doc_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM journal_audience told WHERE told.position = journal_entry.position)
"""


def begin(apps, schema_editor):
    connection = schema_editor.connection
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [now, now])
        cursor.execute(AUDIENCE)


class Migration(migrations.Migration):
    dependencies = [
        ("superthread", "0012_spaces"),
        ("journal", "0001_entries_and_seals"),
    ]

    operations = [
        migrations.AddField(
            "version", "salt", models.CharField(editable=False, max_length=32, null=True)
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
