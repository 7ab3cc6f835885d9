"""The ASGI entry point: ``memory_hub.asgi:application``."""

import os

import django
from django.conf import settings
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
django.setup(set_prefix=False)
# By name: it imports models, which exist only after the line above.
application = import_string("memory_hub.http.application.application")
if settings.HUB_PATH_PREFIX:
    mounted = import_string("memory_hub.http.path_prefix.Mounted")
    application = mounted(application, settings.HUB_PATH_PREFIX)
if settings.HUB_TRUSTED_PROXIES:
    # Who asks, and by https or not, is what a proxy that we know says; nobody else is believed.
    proxied = import_string("memory_hub.http.proxies.BehindProxies")
    application = proxied(application, settings.HUB_TRUSTED_PROXIES)
