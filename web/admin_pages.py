"""The admin has none of allauth's own pages: what they change, nothing would tell of."""

from django.apps import apps
from django.contrib import admin

ALLAUTH = ("account", "mfa", "usersessions", "socialaccount")


def take_away() -> None:
    """Takes them out of the admin, after all apps have registered theirs."""
    for label in ALLAUTH:
        for model in apps.get_app_config(label).get_models():
            if admin.site.is_registered(model):
                admin.site.unregister(model)
