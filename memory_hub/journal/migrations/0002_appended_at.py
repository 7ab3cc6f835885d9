import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_entries_and_seals"),
    ]

    operations = [
        migrations.AddField(
            model_name="waiting",
            name="appended_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
