from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Background work as an app: its tables, its command, and what tidies them up."""

    name = "memory_hub.jobs"
    label = "jobs"
    verbose_name = "Background work"
    default_auto_field = "django.db.models.BigAutoField"
    jobs = ("memory_hub.jobs.dispatcher.DISPATCH", "memory_hub.jobs.queue.FORGET_TASKS")
