from django.db import migrations

BATCH = 1000


def for_everybody(apps, schema_editor):
    """The addresses of accounts from before are what people logged in with: they count as proven."""
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    missing = User.objects.exclude(pk__in=EmailAddress.objects.values("user_id"))
    EmailAddress.objects.bulk_create(
        (
            EmailAddress(user_id=pk, email=email, verified=True, primary=True)
            for pk, email in missing.values_list("pk", "email").iterator(BATCH)
        ),
        batch_size=BATCH,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_restricted_tokens"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(for_everybody, migrations.RunPython.noop)]
