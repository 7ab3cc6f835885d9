"""The row by which hosts tell each other of changes when Redis does not confirm them."""

from django.db import models


class News(models.Model):
    """One row, read and written by `generations/news.py`; not used without REDIS_URL.

    A new epoch outdates every kept answer of every host, and between `quiet_since` and
    `quiet_until` nobody keeps or uses any.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.BigIntegerField()
    quiet_since = models.DateTimeField()
    quiet_until = models.DateTimeField()

    class Meta:
        db_table = "hub_news"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="news_is_one_row")]

    def __str__(self) -> str:
        return f"epoch {self.epoch}"
