from django.apps import AppConfig


class SuperthreadConfig(AppConfig):
    name = "superthread"
    verbose_name = "memories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers itself with drf-spectacular.
        from superthread import openapi  # noqa: F401
