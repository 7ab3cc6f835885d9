from django.apps import AppConfig


class SuperthreadConfig(AppConfig):
    name = "superthread"
    verbose_name = "Memories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from superthread import checks, openapi  # noqa: F401 - they register themselves
