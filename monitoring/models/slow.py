"""The last slow requests and slow queries, for the admin."""

from django.db import models

from memory_hub.core.route_templates import LONGEST

KEPT = 200
LONGEST_STATEMENT = 4000


class Slow(models.Model):
    """What the two have in common."""

    at = models.DateTimeField()
    route = models.CharField(max_length=LONGEST, blank=True)
    duration_ms = models.FloatField()
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]


class SlowRequest(Slow):
    """A request over the threshold."""

    method = models.CharField(max_length=16)
    status = models.PositiveSmallIntegerField()
    db_ms = models.FloatField()
    wait_ms = models.FloatField()
    user_id = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.duration_ms:.0f} ms"


class SlowQuery(Slow):
    """A statement over the threshold, without its values."""

    database = models.CharField(max_length=32)
    statement = models.TextField()

    class Meta(Slow.Meta):
        verbose_name_plural = "slow queries"

    def __str__(self) -> str:
        return f"{self.database} {self.duration_ms:.0f} ms"
