import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("superthread", "0016_links_of_older_texts"),
    ]

    operations = [
        migrations.AddField(
            "version", "redacted_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "version",
            "redacted_by",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
