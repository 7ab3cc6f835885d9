"""The ASGI entry point: ``memory_hub.asgi:application``."""

import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
django.setup(set_prefix=False)
# By name: it imports models, which exist only after the line above.
application = import_string("memory_hub.entrance.application")
