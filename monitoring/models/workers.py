"""Who records, which epoch it is, and who began it."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

LIVE_WITHIN = timedelta(seconds=16)  # three flushes missed


class Ledger(models.Model):
    """One row, locked by everyone who changes statistics: flushes and resets come one by one."""

    epoch = models.PositiveIntegerField(default=1)
    since = models.DateTimeField(help_text="When the present epoch began.")
    workers_lost = models.PositiveIntegerField(default=0)

    THE_ONE = 1

    def __str__(self) -> str:
        return f"epoch {self.epoch}"


class Reset(models.Model):
    """The record of a reset: when, by whom, and the epoch that it began."""

    epoch = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254, help_text="E-mail address, or the command's name.")

    class Meta:
        ordering = ["-epoch"]

    def __str__(self) -> str:
        return f"epoch {self.epoch} by {self.by}"


class WorkerProcess(models.Model):
    """One process that records. ``sequence`` is its last flush that was counted."""

    id = models.CharField(max_length=32, primary_key=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lost = models.BooleanField(default=False, help_text="Ended without a last report.")
    epoch = models.PositiveIntegerField(help_text="The newest epoch it records into.")
    sequence = models.PositiveBigIntegerField(default=0)
    requests = models.PositiveBigIntegerField(default=0)
    memory_bytes = models.PositiveBigIntegerField(default=0)
    cpu_seconds = models.FloatField(default=0)
    open_files = models.PositiveIntegerField(default=0)
    pools = models.JSONField(default=dict, help_text="Database connections by alias.")
    lines_dropped = models.PositiveBigIntegerField(default=0)
    # The database's default is for workers of the version before, which tell of none.
    open_streams = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "worker"
        ordering = ["host", "pid"]
        indexes = [models.Index(fields=["seen_at"], name="worker_seen")]

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"

    @property
    def state(self) -> str:
        """Return live, silent (no report of late), ended, or lost (ended without a last one)."""
        if self.lost:
            return "lost"
        if self.ended_at:
            return "ended"
        return "live" if self.seen_at >= timezone.now() - LIVE_WITHIN else "silent"
