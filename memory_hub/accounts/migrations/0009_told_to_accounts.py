"""What the journal told addresses that were given up since is told to the accounts that had them."""

from django.db import migrations
from django.db.models import Max

LEFT = ("account.address", "account.deleted")


def hand_over(apps, schema_editor):
    entries = apps.get_model("journal", "Entry").objects
    told = apps.get_model("journal", "Audience").objects
    origins = apps.get_model("journal", "Origin").objects
    for left in entries.filter(kind__in=LEFT).order_by("position"):
        origin = origins.filter(position=left.position).first()
        detail = origin.detail if origin else {}
        address = detail.get("former") or detail.get("email")
        if address:
            # With what was told to it in the same change: that it has left its teams.
            last = entries.filter(change=left.change).aggregate(last=Max("position"))["last"]
            theirs = told.filter(who=address, position__lte=last)
            theirs.update(who=f"user/{left.subject_id}")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_address_changes"),
        ("journal", "0002_appended_at"),
    ]

    operations = [migrations.RunPython(hand_over, migrations.RunPython.noop, elidable=True)]
