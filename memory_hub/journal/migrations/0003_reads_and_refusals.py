"""What is counted of reads and refusals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_appended_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    models.DateTimeField(
                        help_text="the hour; where every read has a row, its moment"
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("subject_id", models.BigIntegerField(help_text="what was shown")),
                (
                    "actor_id",
                    models.BigIntegerField(help_text="to whom; 0: to who showed no credential"),
                ),
                ("token_id", models.BigIntegerField()),
                (
                    "address",
                    models.CharField(
                        blank=True, help_text="where a bad credential came from", max_length=64
                    ),
                ),
                (
                    "route",
                    models.CharField(
                        blank=True,
                        help_text="template of what was refused",
                        max_length=160,
                    ),
                ),
                ("count", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "read or refusal",
                "verbose_name_plural": "reads and refusals",
                "db_table": "journal_access",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        models.F("subject_id"),
                        models.F("id"),
                        condition=models.Q(("subject_id__gt", 0)),
                        name="access_of_subject",
                    ),
                    models.Index(
                        models.F("actor_id"),
                        models.F("id"),
                        condition=models.Q(("actor_id__gt", 0)),
                        name="access_of_actor",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "subject_id",
                            "period",
                            "actor_id",
                            "token_id",
                            "kind",
                            "address",
                            "route",
                        ),
                        name="access_once",
                    )
                ],
            },
        ),
    ]
