from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "memory_hub.idempotency"
    verbose_name = "Idempotency keys"
