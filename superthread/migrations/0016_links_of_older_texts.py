"""The links of memories that were written before; found while a hub serves."""

from django.db import migrations

from superthread.services.upkeep import linking


def fill(apps, editor):
    for _ in linking.fill():
        pass


def nothing(apps, editor):
    """The rows go with their table."""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("superthread", "0015_links")]

    operations = [migrations.RunPython(fill, nothing, atomic=False)]
