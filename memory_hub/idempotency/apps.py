from django.apps import AppConfig

from memory_hub.core.features import Features


class IdempotencyConfig(AppConfig):
    name = "memory_hub.idempotency"
    verbose_name = "Idempotency keys"
    features = Features(jobs=("memory_hub.idempotency.jobs.PURGE_ANSWERS",))
