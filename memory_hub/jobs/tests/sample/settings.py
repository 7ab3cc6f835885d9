from memory_hub.settings import *  # noqa: F403 - those of the hub, and one app more
from memory_hub.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "memory_hub.jobs.tests.sample"]
