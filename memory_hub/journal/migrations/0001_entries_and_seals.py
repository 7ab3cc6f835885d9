"""The journal's tables; on SQLite nothing is ever in the inbox."""

from django.db import migrations, models


def clear_often(apps, schema_editor):
    """Rows of the inbox live for a tenth of a second: dead ones are cleared away as they come."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE journal_inbox SET (autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 1000)"
        )


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "who",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("who", models.CharField(max_length=254)),
                ("position", models.BigIntegerField(db_index=True)),
            ],
            options={
                "db_table": "journal_audience",
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("salt", models.CharField(help_text="16 bytes", max_length=32)),
                ("request_id", models.CharField(blank=True, max_length=128)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("detail", models.JSONField(default=dict, help_text="addresses, roles, words")),
            ],
            options={
                "db_table": "journal_origin",
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "change",
                    models.BigIntegerField(help_text="the same for all that was done together"),
                ),
                ("kind", models.CharField(max_length=32)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        help_text="a user; none: an operator or the hub", null=True
                    ),
                ),
                ("token_id", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=32)),
                (
                    "subject_id",
                    models.BigIntegerField(
                        help_text="what it is about, in the table that the kind tells", null=True
                    ),
                ),
                ("doc_id", models.UUIDField(help_text="of a memory: its name outside", null=True)),
                ("revision", models.BigIntegerField(null=True)),
                ("version", models.BigIntegerField(null=True)),
                ("owner_id", models.BigIntegerField(null=True)),
                (
                    "space",
                    models.BigIntegerField(help_text="where it is, or was at last", null=True),
                ),
                (
                    "old_space",
                    models.BigIntegerField(help_text="where it was, if somewhere else", null=True),
                ),
                (
                    "content_hash",
                    models.BinaryField(
                        help_text="SHA-256 of the version's salt and text", null=True
                    ),
                ),
                (
                    "origin_hash",
                    models.BinaryField(help_text="SHA-256 of the origin with its salt", null=True),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("ordinal", models.IntegerField(help_text="among those of its change")),
                ("origin", models.JSONField(null=True)),
                ("audience", models.JSONField(null=True)),
            ],
            options={
                "db_table": "journal_inbox",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "change",
                    models.BigIntegerField(help_text="the same for all that was done together"),
                ),
                ("kind", models.CharField(max_length=32)),
                (
                    "actor_id",
                    models.BigIntegerField(
                        help_text="a user; none: an operator or the hub", null=True
                    ),
                ),
                ("token_id", models.BigIntegerField(null=True)),
                ("via", models.CharField(max_length=32)),
                (
                    "subject_id",
                    models.BigIntegerField(
                        help_text="what it is about, in the table that the kind tells", null=True
                    ),
                ),
                ("doc_id", models.UUIDField(help_text="of a memory: its name outside", null=True)),
                ("revision", models.BigIntegerField(null=True)),
                ("version", models.BigIntegerField(null=True)),
                ("owner_id", models.BigIntegerField(null=True)),
                (
                    "space",
                    models.BigIntegerField(help_text="where it is, or was at last", null=True),
                ),
                (
                    "old_space",
                    models.BigIntegerField(help_text="where it was, if somewhere else", null=True),
                ),
                (
                    "content_hash",
                    models.BinaryField(
                        help_text="SHA-256 of the version's salt and text", null=True
                    ),
                ),
                (
                    "origin_hash",
                    models.BinaryField(help_text="SHA-256 of the origin with its salt", null=True),
                ),
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "entries",
                "db_table": "journal_entry",
                "ordering": ["-position"],
                "indexes": [
                    models.Index(models.F("space"), models.F("position"), name="entry_of_space"),
                    models.Index(
                        models.F("old_space"),
                        models.F("position"),
                        condition=models.Q(("old_space", None), _negated=True),
                        name="entry_of_old_space",
                    ),
                    models.Index(
                        models.F("subject_id"),
                        models.F("position"),
                        condition=models.Q(("doc_id", None), _negated=True),
                        name="entry_of_memory",
                    ),
                    models.Index(models.F("actor_id"), models.F("position"), name="entry_of_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("last", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                (
                    "root",
                    models.BinaryField(
                        help_text="of the tree of the entries' hashes", max_length=32
                    ),
                ),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "mac",
                    models.BinaryField(
                        help_text="of the hash, with a key of the hub's own", max_length=32
                    ),
                ),
            ],
            options={
                "db_table": "journal_seal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("last"))), name="seal_not_empty"
                    )
                ],
            },
        ),
        migrations.RunPython(clear_often, migrations.RunPython.noop),
    ]
