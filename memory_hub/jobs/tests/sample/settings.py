from memory_hub.settings import *  # noqa: F403
from memory_hub.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "memory_hub.jobs.tests.sample"]
