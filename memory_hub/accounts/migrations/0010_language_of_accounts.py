"""Which language pages and mails of an account speak."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_told_to_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(db_default="", default="", editable=False, max_length=8),
        ),
    ]
