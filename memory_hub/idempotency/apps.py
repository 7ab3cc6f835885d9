from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "memory_hub.idempotency"
    verbose_name = "Idempotency keys"
    jobs = ("memory_hub.idempotency.jobs.PURGE_ANSWERS",)
