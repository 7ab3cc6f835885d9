from django.apps import AppConfig


class SuperthreadConfig(AppConfig):
    name = "superthread"
    verbose_name = "Memories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # These register themselves: with drf-spectacular, with the system checks.
        from superthread import checks, openapi  # noqa: F401
