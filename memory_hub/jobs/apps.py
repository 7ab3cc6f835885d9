from django.apps import AppConfig

from memory_hub.core.features import Features, SideBarItem


class JobsConfig(AppConfig):
    """Background work as an app: its tables, its command, and what tidies them up."""

    name = "memory_hub.jobs"
    label = "jobs"
    verbose_name = "Background work"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        metrics=("memory_hub.jobs.metrics.families",),
        jobs=("memory_hub.jobs.dispatcher.DISPATCH", "memory_hub.jobs.queue.FORGET_TASKS"),
        side_bar=(
            SideBarItem("Hub", "Jobs", "schedule", model="jobs.scheduledjob"),
            SideBarItem("Hub", "Queued tasks", "checklist", model="jobs.queuedtask"),
        ),
        order=900,
    )
