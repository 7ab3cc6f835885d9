from datetime import timedelta

from django.apps import AppConfig

from memory_hub.core.features import Features
from memory_hub.jobs import leases


class SampleConfig(AppConfig):
    name = "memory_hub.jobs.tests.sample"
    label = "sample_jobs"
    features = Features(jobs=("memory_hub.jobs.tests.sample.work.COUNT",))

    def ready(self):
        leases.LEASE, leases.BEAT = timedelta(seconds=2), 0.4
