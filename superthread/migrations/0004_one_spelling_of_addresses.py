"""Addresses that differ only in how their domain is written become one.

Two accounts of one address become the one that has the normal spelling, or the older one. It stays
as it is, shut out or not, with its own password and powers; the memories and versions of the other
one become its own, and that one's tokens are revoked: who holds them may have been meant for less.
Of two grants or memberships the greater stays.
"""

from django.conf import settings
from django.db import IntegrityError, migrations, transaction
from django.utils import timezone

from memory_hub.accounts.models import normal_email


def one_spelling(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects
    for user in [user for user in users.order_by("pk") if normal_email(user.email) != user.email]:
        address = normal_email(user.email)
        kept = users.filter(email=address).first()
        if kept:
            _merge(user, kept)
        else:
            users.filter(pk=user.pk).update(email=address)
    _respell(apps.get_model("accounts", "Membership"), "team_id", ["member", "admin"])
    grants = apps.get_model("superthread", "Grant")
    _respell(grants, "memory_id", [1, 2, 3])
    for user in users.exclude(memories=None).iterator():
        # An owner needs no grant, and one would be left behind by a transfer.
        grants.objects.filter(email=user.email, memory__owner=user).delete()


def _merge(gone, kept):
    gone.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    for relation in gone._meta.get_fields(include_hidden=True):
        pointing = getattr(relation, "related_model", None)
        # Groups and permissions are powers: those of the kept account stay its own.
        if relation.auto_created and not relation.concrete and not pointing._meta.auto_created:
            name = relation.field.name
            for row in pointing.objects.filter(**{name: gone}).order_by("pk"):
                _move(pointing.objects.filter(pk=row.pk), name, kept)
    gone.delete()


def _move(row, name, kept):
    try:
        with transaction.atomic(row.db):
            row.update(**{name: kept})
    except IntegrityError:  # of what an account has once, the kept one's stays
        row.delete()


def _respell(model, place, roles):
    written = model.objects.order_by().values_list("email", flat=True).distinct()
    for email in [email for email in written if normal_email(email) != email]:
        for row in model.objects.filter(email=email):
            same = model.objects.filter(email=normal_email(email), **{place: getattr(row, place)})
            if (other := same.first()) is None:
                model.objects.filter(pk=row.pk).update(email=normal_email(email))
                continue
            same.update(role=max(row.role, other.role, key=roles.index))
            row.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("superthread", "0003_import_source"),
        ("accounts", "0002_token_made_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(one_spelling, migrations.RunPython.noop)]
