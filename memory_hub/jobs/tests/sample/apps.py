from datetime import timedelta

from django.apps import AppConfig

from memory_hub.jobs import leases


class SampleConfig(AppConfig):
    name = "memory_hub.jobs.tests.sample"
    label = "sample"
    jobs = ("memory_hub.jobs.tests.sample.work.COUNT",)

    def ready(self):
        leases.LEASE, leases.BEAT = timedelta(seconds=2), 0.4
