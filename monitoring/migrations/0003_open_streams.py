"""What workers hold open, beside what they need of the machine."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0002_quarters"),
    ]

    operations = [
        migrations.AddField(
            model_name="workerprocess",
            name="open_streams",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
